import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawn, plateSvg } from '../../recognizer/drawn-plate.test-data.ts';
import { encodeLumaJpeg } from '../../recognizer/picture/encode-jpeg.ts';
import { addReadCommand } from './read.ts';
import { typedCommand } from './typed-command.fixture.ts';

/** A JPEG whose header claims 10000 x 6000 pixels. */
function hugeJpeg(jpeg: Uint8Array): Uint8Array {
  const bytes = Buffer.from(jpeg);
  const startOfFrame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(6000, startOfFrame + 5);
  bytes.writeUInt16BE(10000, startOfFrame + 7);
  return bytes;
}

describe('anpr-node read', () => {
  const typed = typedCommand('read', addReadCommand);
  const read = typed.type;

  async function scene(): Promise<Uint8Array> {
    const car = '<rect x="300" y="200" width="500" height="360" fill="#333"/>';
    return await encodeLumaJpeg(await drawn(car + plateSvg('1ABC234', [460, 420], 160), 1280, 720), 92);
  }

  it('prints one JSON object a picture, as the design promises', async () => {
    const path = join(typed.folder, 'a.jpg');
    await writeFile(path, await scene());
    await read('--json', path);
    const lines = typed.stdout.trimEnd().split('\n');
    expect(lines.length).toBe(1);
    const result = JSON.parse(lines[0]!);
    expect(Object.keys(result)).toEqual(['source', 'frame', 'width', 'height', 'plates', 'ms']);
    expect(result).toMatchObject({ source: path, frame: 0, width: 1280, height: 720 });
    expect(Object.keys(result.ms)).toEqual(['decode', 'detect', 'read']);
    const [plate] = result.plates;
    expect(Object.keys(plate)).toEqual([
      'text',
      'probability',
      'country',
      'countryProbability',
      'rows',
      'corners',
      'alternatives',
    ]);
    expect(plate).toMatchObject({ text: '1ABC234', rows: 1 });
    expect(plate.corners.length).toBe(4);
    for (const { text, probability } of plate.alternatives) {
      expect(text).toMatch(/^[0-9A-Z]+$/);
      expect(probability).toBeLessThan(plate.probability);
    }
    expect([typed.stderr, process.exitCode ?? 0]).toEqual(['', 0]);
  });

  it('gives each bad file one line and the exit code 1, and reads the others', async () => {
    const good = await scene();
    const files: Readonly<Record<string, Uint8Array>> = {
      '1-empty.jpg': new Uint8Array(0),
      '2-text.jpg': Buffer.from('not a picture\n'),
      '3-half.jpg': good.subarray(0, good.length / 2),
      '4-huge.jpg': hugeJpeg(good),
      '5-good.jpg': good,
    };
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(typed.folder, name), bytes);
    await writeFile(join(typed.folder, 'notes.txt'), 'not looked at');
    await mkdir(join(typed.folder, '6-folder.jpg'));
    await read('--json', join(typed.folder, 'missing.png'), typed.folder);
    const complaints = typed.stderr.trimEnd().split('\n');
    expect(complaints.map((line) => /([^/]+): .* \(([a-z/-]+)\)$/.exec(line)?.slice(1))).toEqual([
      ['missing.png', 'read/missing'],
      ['1-empty.jpg', 'picture/empty'],
      ['2-text.jpg', 'picture/unreadable'],
      ['3-half.jpg', 'picture/unreadable'],
      ['4-huge.jpg', 'picture/too-large'],
    ]);
    expect(JSON.parse(typed.stdout).source).toBe(join(typed.folder, '5-good.jpg'));
    expect(process.exitCode).toBe(1);
  });

  it('takes a picture as one plate with --crops', async () => {
    const path = join(typed.folder, 'crop.png');
    await writeFile(path, await encodeLumaJpeg(await drawn(plateSvg('4KRZ71', [0, 0], 260), 260, 55), 92));
    await read('--json', '--crops', path);
    const [plate] = JSON.parse(typed.stdout).plates;
    expect(plate).toMatchObject({ text: '4KRZ71', rows: 1 });
    expect(plate.corners[2]).toEqual([259.5, 54.5]);
  });

  it('shows people a table, and draws the plates with --annotate', async () => {
    await mkdir(join(typed.folder, 'other'));
    for (const name of ['a.jpg', 'other/a.jpg']) await writeFile(join(typed.folder, name), await scene());
    const drawnTo = join(typed.folder, 'drawn');
    await read('--annotate', drawnTo, join(typed.folder, 'a.jpg'), join(typed.folder, 'other'));
    expect(typed.stdout).toMatch(/a\.jpg +1ABC234 +9/);
    expect((await readdir(drawnTo)).sort()).toEqual(['a-2.jpg', 'a.jpg']);
  });

  it('never draws over a picture that it reads, nor over anything else', async () => {
    const picture = await scene();
    await writeFile(join(typed.folder, 'a.jpg'), picture);
    await writeFile(join(typed.folder, 'a-2.jpg'), 'of somebody else');
    await read('--annotate', typed.folder, join(typed.folder, 'a.jpg'));
    await read('--annotate', typed.folder, join(typed.folder, 'a.jpg'));
    expect((await readdir(typed.folder)).sort()).toEqual(['a-2.jpg', 'a-3.jpg', 'a-4.jpg', 'a.jpg']);
    expect(await readFile(join(typed.folder, 'a.jpg'))).toEqual(Buffer.from(picture));
    expect(await readFile(join(typed.folder, 'a-2.jpg'), 'utf8')).toBe('of somebody else');
  });

  it('reads the other sources where one cannot be read or its drawing cannot be written', async () => {
    await symlink(join(typed.folder, 'round'), join(typed.folder, 'round'));
    const long = `${'n'.repeat(250)}.png`;
    for (const name of [long, 'b.jpg']) await writeFile(join(typed.folder, name), await scene());
    const [drawnTo, last] = [join(typed.folder, 'drawn'), join(typed.folder, 'b.jpg')];
    // A name as long as may be has no room for the number of another copy.
    await mkdir(join(drawnTo, long.replace('.png', '.jpg')), { recursive: true });
    await read('--json', '--annotate', drawnTo, join(typed.folder, 'round'), join(typed.folder, long), last);
    const complaints = typed.stderr.trimEnd().split('\n');
    expect(complaints.map((line) => / \(([a-z/-]+)\)$/.exec(line)?.[1])).toEqual([
      'read/unreadable',
      'read/not-written',
    ]);
    expect(JSON.parse(typed.stdout.trimEnd().split('\n').at(-1)!).source).toBe(last);
    expect(await readdir(drawnTo)).toContain('b.jpg');
    expect(process.exitCode).toBe(1);
  });

  it('says so when a typed.folder has no pictures', async () => {
    await read(typed.folder);
    expect(typed.stderr).toContain('(read/no-pictures)');
    expect(process.exitCode).toBe(1);
  });
});
