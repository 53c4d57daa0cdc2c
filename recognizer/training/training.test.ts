import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installationRoot } from '../../config/foundation/installation.ts';
import { INPUT_BYTES } from '../reader/reader-input.ts';
import { trainingNeeds } from './training-needs.test-data.ts';

const folder = join(installationRoot(), 'recognizer', 'training');
const run = promisify(execFile);
/** A few steps take half a minute of a core; a machine that trains something else gives less than that. */
const PATIENCE_MS = 600_000;
const { python, missing, skip } = trainingNeeds('the training commands are not tried', [
  'torch',
  'cv2.freetype',
  'numpy',
  'onnx',
  'PIL',
  'yaml',
]);

describe.skipIf(skip)('a few steps of training', { timeout: PATIENCE_MS }, () => {
  let scratch = '';
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'hazeldonk-training-'));
    await script('invented_data.py', join(scratch, 'data'));
  }, PATIENCE_MS);
  afterAll(async () => await rm(scratch, { recursive: true }));

  it('finds what it needs', () => {
    expect(missing).toEqual([]);
  });

  it('make a reader that is resumed, exported, and answers alike in ONNX Runtime', async () => {
    const reader = join(scratch, 'reader');
    await script('train_reader.py', '--smoke', '--threads', '1', '--run', reader);
    expect(await script('train_reader.py', '--smoke', '--threads', '1', '--run', reader)).toContain('resumed at step');
    await expect(script('train_reader.py', '--smoke', '--countries', '--run', reader)).rejects.toThrow(/--signs/);
    await script('train_reader.py', '--smoke', '--signs', '--threads', '1', '--run', reader);
    await script('train_reader.py', '--smoke', '--countries', '--threads', '1', '--run', reader);
    const checkpoint = join(reader, 'checkpoint.pt');
    await script('mix_reader.py', '--earlier', checkpoint, '--later', checkpoint, '--run', join(scratch, 'mixed'));
    const said = await script(
      'export_reader.py',
      '--run',
      join(scratch, 'mixed'),
      '--out',
      scratch,
      '--calibration',
      '1',
    );
    expect(said).toMatch(/largest difference \d/);
    expect(await cardIn(scratch)).toMatchObject({ name: 'reader', alphabet: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ' });
    expect((await cardIn(scratch)).countries).toEqual(expect.arrayContaining(['NL', 'B', 'F', 'L', 'D', 'other']));
  });

  it('go on with a leg that was interrupted, and with no checkpoint of other countries', async () => {
    const reader = join(scratch, 'interrupted');
    const train = () => script('train_reader.py', '--smoke', '--threads', '1', '--run', reader);
    await train();
    const changed = (change: string) => printed(changedCheckpoint(join(reader, 'checkpoint.pt'), change));
    await changed(
      "state['underWay'] = {'leg': 'characters', 'minutes': 120, 'steps': 3, 'spent': 60.0, 'firstStep': 1}",
    );
    expect(await train()).toContain('goes on with a leg of which 2 steps and 1.0 minutes are done');
    expect(await changed('pass')).toEqual({ step: 4, isUnderWay: false });
    await changed("state['countries'].reverse()");
    await expect(train()).rejects.toThrow(/countries\.yaml/);
    expect(await printed(rowsTakenOver)).toEqual({ rows: [2, 1, 0, 9] });
  });

  it('end with a clear word when rendering fails', async () => {
    const options = [
      '--smoke',
      '--threads',
      '1',
      '--run',
      join(scratch, 'nothing'),
      '--data',
      join(scratch, 'nowhere'),
    ];
    await expect(script('train_reader.py', ...options)).rejects.toThrow(/a rendering process ended/);
  });

  it('find a difference in the scores of a detector, in few of its cells or in one plane alone', async () => {
    const differing = await printed(scoresThatDiffer(scratch));
    expect(differing).toEqual({ asTheyAre: true, noPlateAnyMore: false, platesEverywhere: false, cornersOff: false });
  });

  it('make a narrower reader of one that was exported, which learns from it', async () => {
    const wide = join(scratch, 'wide');
    const narrow = join(scratch, 'narrow');
    await script('train_reader.py', '--smoke', '--threads', '1', '--run', wide);
    await script('train_reader.py', '--smoke', '--signs', '--threads', '1', '--run', wide);
    await script('export_reader.py', '--run', wide, '--out', wide, '--calibration', '1');
    const channels = ['8', '8', '8', '16', '24'];
    await script(
      'narrow_reader.py',
      '--models',
      wide,
      '--channels',
      ...channels,
      '--statistics',
      '16',
      '--run',
      narrow,
    );
    await script('train_reader.py', '--smoke', '--threads', '1', '--teacher', wide, '--run', narrow);
    await script('export_reader.py', '--run', narrow, '--out', narrow, '--calibration', '1');
    const [before, after] = await Promise.all([cardIn(wide), cardIn(narrow)]);
    expect(after.training.narrowedFrom.sha256).toBe(before.sha256);
    expect(after.parameters).toBeLessThan(before.parameters);
  });

  it('make a detector that is exported, and answers alike in ONNX Runtime', async () => {
    const said = await script('train_detector.py', '--smoke', '--threads', '1', '--data', join(scratch, 'data'));
    expect(said).toMatch(/largest difference \d/);
  });

  it('tell what is still the character that was drawn, and what has become another', async () => {
    expect(await printed(characterUnderMarks)).toEqual({
      drawn: true,
      drawnAsHalfOfAnother: false,
      dotAtFoot: false,
      dotBeside: true,
      asAnother: false,
      withSpeck: true,
      halfOfAnother: false,
      inShadow: true,
      withoutFoot: false,
    });
  });

  it('draw with typefaces whose characters can be told apart', async () => {
    const found = await printed(facesToldApart);
    expect(found).toMatchObject({ asDrawn: true, withoutTail: false, one: true });
    expect(found.kept.fe).toBeGreaterThan(0);
    expect(found.kept.sans).toBeGreaterThan(20);
    expect(found.kept.skeleton).toBeGreaterThan(20);
  });

  it('lay out what another country wrote as their own do', async () => {
    expect(await printed(strangeLayouts)).toEqual({
      fitting: 'AB-123-CD',
      otherOrder: 'A-123-|-BCD',
      longer: 'AB**|12 34CD',
      shorter: 'AB-12',
      ofNoLength: 'A-1-B',
    });
  });

  it('give narrow characters as wide a place as others where a country does', async () => {
    const { narrow, even, wider } = await printed(evenPlaces);
    expect(narrow).toBeLessThan(0.7);
    expect(even).toBeCloseTo(1);
    expect(wider).toBeGreaterThan(0.2);
    expect(wider).toBeLessThan(0.7);
  });

  it('show the reader clutter in about a plate’s shape, a third of it in rows', async () => {
    const { aspects, heights, repeated } = await printed(clutterForTheReader);
    expect(Math.min(...aspects)).toBeGreaterThan(0.99);
    expect(Math.max(...aspects)).toBeLessThan(6.5);
    expect(Math.max(...heights)).toBeLessThanOrEqual(64);
    expect(repeated).toBeGreaterThan(0.2);
    expect(repeated).toBeLessThan(0.45);
  });

  it('bend plates, and know where their text has gone', async () => {
    const { beyond, most, median } = await printed(bentPlates);
    expect(beyond).toBeLessThanOrEqual(1);
    expect(most).toBeGreaterThan(0.1);
    expect(median).toBeGreaterThan(0.01);
    expect(median).toBeLessThan(0.2);
  });

  it('put something over the edge of a plate, down to its characters and hardly into them', async () => {
    const { touching, deepest } = await printed(overhungPlates);
    expect(touching).toBeGreaterThan(0.3);
    expect(deepest).toBeLessThan(0.12);
  });

  it('make plates to measure the reader on', async () => {
    await script('robustness.py', '--calibration', join(scratch, 'crops'), '--count', '3');
    await script('robustness.py', '--curves', join(scratch, 'curves'), '--count', '2', '--only', 'height', 'h264');
    expect((await readFile(join(scratch, 'crops.bin'))).length).toBe(3 * INPUT_BYTES);
    expect((await readFile(join(scratch, 'crops.jsonl'), 'utf8')).trim().split('\n').length).toBe(4);
    const curves = (await readFile(join(scratch, 'curves', 'curves.jsonl'), 'utf8')).trim().split('\n').slice(1);
    expect(new Set(curves.map((line) => JSON.parse(line).curve))).toEqual(new Set(['height', 'h264']));
  });
});

/** Texts in a country's own layouts: letters and digits as it has them, in another order, one more, two fewer, and so few that nothing suits. */
const strangeLayouts = `
import json
import numpy as np
from layouts import Layouts
rng = np.random.default_rng(1)
as_in = lambda pattern, tokens: ''.join(Layouts({'patterns': {pattern: 1}, 'regions': ['KL']}).laid_out(list(tokens), rng))
print(json.dumps({
    'fitting': as_in('LL-DDD-LL', 'AB 123CD'), 'otherOrder': as_in('D-LLL-|-DDD', 'A12*3BCD'), 'longer': as_in('R**|LL DDD', 'AB1234CD'),
    'shorter': as_in('LL-DDD-LL', 'AB12'), 'ofNoLength': as_in('LL-DDD-LL', 'A-1-B')}))
`;

/** Changes a checkpoint by a line of Python, and says how far it is. */
const changedCheckpoint = (path: string, change: string) => `
import json, torch
state = torch.load(${JSON.stringify(path)})
${change}
torch.save(state, ${JSON.stringify(path)})
print(json.dumps({'step': state['step'], 'isUnderWay': 'underWay' in state}))
`;

/** The rows of a layer of two countries and 'is a plate' in one of three, of which one is new. */
const rowsTakenOver = `
import json, torch, train_reader
train_reader.COUNTRIES = ['F', 'new', 'NL']
rows = train_reader.rows_by_country(torch.tensor([5.0, 1.0, 6.0, 7.0]), torch.tensor([0.0, 2.0, 9.0]), ['NL', 'F'])
print(json.dumps({'rows': rows.int().tolist()}))
`;

/** Whether compare_onnx.mjs takes maps of which something differs for those of the smoke run's detector. */
const scoresThatDiffer = (folder: string) => `
import json, pathlib, subprocess, numpy as np
import onnx
from onnx import TensorProto, helper
folder = pathlib.Path(${JSON.stringify(folder)}) / 'maps'
folder.mkdir(exist_ok=True)
maps = np.zeros((1, 9, 24, 40), np.float32)
maps[0, 0, 5:7, 8:10], maps[0, 1:] = 0.9, 1.0
constant = helper.make_node('Constant', [], ['maps'], value=helper.make_tensor('value', TensorProto.FLOAT, maps.shape, maps.flatten()))
luma = helper.make_tensor_value_info('luma', TensorProto.UINT8, [1, 1, 192, 320])
graph = helper.make_graph([constant], 'detector', [luma], [helper.make_tensor_value_info('maps', TensorProto.FLOAT, maps.shape)])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)], ir_version=8), str(folder / 'detector.onnx'))
np.zeros((1, 1, 192, 320), np.uint8).tofile(folder / 'input')
case = {'inputs': {'luma': {'file': 'input', 'shape': [1, 1, 192, 320]}}, 'outputs': {'maps': 'output'}}
manifest = {'model': str(folder / 'detector.onnx'), 'judged': 'mean', 'tolerance': 0.1, 'scored': {'maps': 9}, 'cases': [case]}
(folder / 'manifest.json').write_text(json.dumps(manifest))
def alike(change):
    wanted = maps.copy()
    change(wanted)
    wanted.tofile(folder / 'output')
    return subprocess.run(['node', 'compare_onnx.mjs', str(folder / 'manifest.json')], capture_output=True).returncode == 0
def set_plane(plane, value):
    return lambda wanted: wanted[0, plane].fill(value)
print(json.dumps({'asTheyAre': alike(lambda wanted: None), 'noPlateAnyMore': alike(set_plane(0, 0)), 'platesEverywhere': alike(set_plane(0, 1)), 'cornersOff': alike(set_plane(3, 2))}))
`;

/** A face of the renderer's as it is, and the same with a Q like its O; how many of each kind are told apart. */
const facesToldApart = `
import json
from plate_fonts import Face
from plate_render import PlateRenderer
from tellable import told_apart
faces = PlateRenderer(1).faces
face = faces['skeleton'][0]
print(json.dumps({
    'asDrawn': told_apart(face), 'withoutTail': told_apart(Face('skeleton', {**face.glyphs, 'Q': face.glyphs['O']})),
    'one': told_apart(Face('skeleton', {**face.glyphs, 'O': face.glyphs['0']})), 'kept': {kind: len(some) for kind, some in faces.items()}}))
`;

/**
 * The place of an I as a share of that of an H in one face, each as wide as it needs and in even places; and how many of 200 drawn plates
 * have even ones.
 */
const evenPlaces = `
import json
from plate_render import PlateRenderer
renderer = PlateRenderer(5)
face = renderer.faces['sans'][0]
def share(even):
    (_, i), (_, h) = renderer._line(['I', 'H'], face, 1.0, (2, 10, even * face.glyphs['H'].shape[1]), True)
    return i / h
print(json.dumps({'narrow': share(0), 'even': share(1), 'wider': sum(renderer._evenness() == 1 for _ in range(200)) / 200}))
`;

/** The clutter's shapes, and how many of 200 lamps have become several. */
const clutterForTheReader = `
import json, numpy as np
from non_plates import clutter_patches, _row_of
rng = np.random.default_rng(7)
patches = clutter_patches(rng, 120)
lamp, ground = np.full((40, 50), 255, np.uint8), np.zeros((60, 100), np.uint8)
rows = [_row_of(rng, lamp, None, ground) for _ in range(200)]
print(json.dumps({'aspects': [p.shape[1] / p.shape[0] for p in patches], 'heights': [p.shape[0] for p in patches],
    'repeated': sum(int((row > 250).sum()) > lamp.size for row in rows) / 200}))
`;

/** Plates that are bent: how far the ink of each goes beyond what a crop is asked to show of it, and how far it moved at most, in plate heights. */
const bentPlates = `
import json, numpy as np
from types import SimpleNamespace
from camera import bent
beyond, moved = [], []
for seed in range(40):
    picture = np.full((160, 420), 200.0, np.float32)
    picture[60:100, 60:360] = 20
    plate = SimpleNamespace(image=np.empty((60, 320)), core=(10, 10, 310, 50))
    shown, (left, top, right, bottom) = bent(np.random.default_rng(seed), picture, plate, 50, 50)
    rows, columns = np.nonzero(shown < 110)
    beyond.append(float(max(50 + top - rows.min(), rows.max() - 49 - bottom, 50 + left - columns.min(), columns.max() - 49 - right)))
    moved.append(float(max(60 - rows.min(), rows.max() - 99)) / 60)
print(json.dumps({'beyond': max(beyond), 'most': max(moved), 'median': float(np.median(moved))}))
`;

/**
 * Plates that something stands over: of 100, how many have characters that it touches or nearly does, and how deep it goes into one at most,
 * in character heights, where it hides most of what was there.
 */
const overhungPlates = `
import json, numpy as np
from types import SimpleNamespace
from camera import overhung
from tellable import Cell
depths = []
for seed in range(100):
    picture = np.full((160, 420), 200.0, np.float32)
    plate = SimpleNamespace(image=np.empty((60, 320)), core=(20, 12, 300, 48), characters=SimpleNamespace(cells=[Cell('A', (20, 10, 40, 50)), Cell('B', (280, 10, 300, 50))]))
    shown = overhung(np.random.default_rng(seed), picture, plate, 50, 50)
    hidden = (np.abs(shown - picture) > 0.5 * np.abs(shown - picture).max()).any(1)
    rows = np.nonzero(~hidden)[0]
    depths.append(float(max(rows.min() - 60, 99 - rows.max())) / 40)
print(json.dumps({'touching': sum(depth > -0.1 for depth in depths) / 100, 'deepest': max(depths)}))
`;

/**
 * An E in one of the parametric faces: as it is, as F, with a speck, with half of what an F lacks gone, drawn so, in even shadow, its
 * foot outshone. And an I with a dot beside its foot, which makes a J of it, and with the same dot further off.
 */
const characterUnderMarks = `
import json, numpy as np
from plate_fonts import skeleton_face
from plate_marks import blend
from tellable import Cell, Characters, shapes_of
face = skeleton_face(np.random.default_rng(3))
width = face.glyphs['E'].shape[1]
def drawn(char):
    image = np.full((90, width + 20), 220.0, np.float32)
    blend(image, face.glyphs[char], 10, 9, 30)
    return image
one = Characters([Cell('E', (10, 9, 10 + width, 81))], shapes_of(face), True)
e, f = drawn('E'), drawn('F')
speck = e.copy()
speck[20:24, 30:34] = 120
outshone = e.copy()
outshone[60:] = 240
def dotted(x):
    image = np.full((90, 140), 220.0, np.float32)
    width = face.glyphs['I'].shape[1]
    blend(image, face.glyphs['I'], 60, 9, 30)
    marked = image.copy()
    marked[68:78, x:x + 10] = 60
    return Characters([Cell('I', (60, 9, 60 + width, 81))], shapes_of(face), True).still_told(marked, image)
print(json.dumps({
    'drawnAsHalfOfAnother': one.told((e + f) / 2), 'dotAtFoot': dotted(48), 'dotBeside': dotted(20),
    'drawn': one.told(e), 'asAnother': one.told(f), 'withSpeck': one.still_told(speck, e), 'halfOfAnother': one.still_told((e + f) / 2, e),
    'inShadow': one.lit(e * 0.4, e), 'withoutFoot': one.lit(outshone, e)}))
`;

/** What a few lines of Python print as JSON, among the training's modules. */
async function printed(lines: string) {
  return JSON.parse((await run(python, ['-c', lines], { cwd: folder, timeout: PATIENCE_MS })).stdout);
}

async function cardIn(run: string) {
  return JSON.parse(await readFile(join(run, 'reader.json'), 'utf8'));
}

async function script(name: string, ...options: readonly string[]): Promise<string> {
  const { stdout } = await run(python, [join(folder, name), ...options], { timeout: PATIENCE_MS });
  return stdout;
}
