import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadNodeSettings, readNodeSettings } from './load-node-settings.ts';
import { nodeSettingsJsonSchema } from './node-settings.ts';

const examples = join(import.meta.dirname, 'examples');
const credentials = { CREDENTIALS_DIRECTORY: '/run/credentials/anpr-node' };
const laptop = readFileSync(join(examples, 'laptop-video.yaml'), 'utf8');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function problemsOf(text: string): string[] {
  const file = join(folder, 'node.yaml');
  writeFileSync(file, text);
  const outcome = readNodeSettings(file, {});
  return (outcome.problems ?? []).map(({ line, column, key, message }) => `${line}:${column} ${key}: ${message}`);
}

describe('node settings', () => {
  test('every example in the repository is valid', () => {
    // Beside the settings lies what only the officers' page reads.
    const files = readdirSync(examples).filter((name) => name.endsWith('.yaml') && name !== 'node-places.yaml');
    expect(files.length).toBeGreaterThan(1);
    for (const name of files) expect(readNodeSettings(join(examples, name), credentials).problems).toBeNull();
  });

  test('paths begin at the folder of the file, credentials at the folder systemd made for them', () => {
    const settings = loadNodeSettings(join(examples, 'laptop-video.yaml'), {});
    expect(settings.dataFolder).toBe(join(examples, 'data'));
    expect(settings.cameras[0]!.source).toMatchObject({ kind: 'video', path: join(examples, 'motorway.mp4') });
    expect(loadNodeSettings(join(examples, 'dutch-gantry.yaml'), credentials).keys.nodeKeyFile).toBe(
      '/run/credentials/anpr-node/node-key',
    );
  });

  test('what is left out has its default', () => {
    const settings = loadNodeSettings(join(examples, 'laptop-video.yaml'), {});
    expect(settings.recognizer).toEqual({ spellings: 64, spellingFloor: 1e-6, minPlateProbability: 0.5 });
    expect(settings.console).toEqual({ baudRate: 115200, idleMinutes: 10 });
  });

  type Case = readonly [symptom: string, from: string, to: string, problem: RegExp];
  const cases: readonly Case[] = [
    ['a mistyped key', 'dataFolder:', 'dataFoldr:', /^8:1 dataFoldr: is not a setting; did you mean dataFolder\?$/],
    ['a missing key', 'dataFolder: ./data\n', '', /^\d+:\d+ dataFolder: is missing; must be text \(Folder for lists/],
    ['a country we do not know', 'country: NL', 'country: DE', /^6:12 node.country: must be NL, BE, FR or LU/],
    ['a word for a truth', 'loop: true', 'loop: often', /^16:13 cameras\[0\].source.loop: must be true or false/],
    [
      'a number out of range',
      'minPlateProbability: 0.5',
      'minPlateProbability: 5',
      /^30:24 recognizer.minPlateProbability: must be a number from 0 to 1/,
    ],
    [
      'an unknown kind of camera',
      'kind: video',
      'kind: webcam',
      /^13:\d+ cameras\[0\].source.kind: must be rtsp, video, folder or mjpeg/,
    ],
    [
      'a key of another kind of camera',
      'loop: true',
      'url: rtsp://a.example',
      /^16:7 cameras\[0\].source.url: is not a setting here; known are kind, path, pace, loop/,
    ],
    [
      'a broker address of another kind',
      'mqtt://127',
      'http://127',
      /^19:8 broker.url: must begin with mqtts:\/\/ or mqtt:\/\//,
    ],
    [
      'a secret in an address',
      'mqtt://127',
      'mqtt://joe:secret@127',
      /^19:8 broker.url: must not carry a user name or password/,
    ],
    [
      'a certificate without its key',
      'broker:\n',
      'broker:\n  certificateFile: a.pem\n',
      /^19:3 broker: needs certificateFile and keyFile together/,
    ],
    ...['rtsp://192.0.2.11/a', 'http://192.0.2.11/a'].map(
      (url): Case => [
        `the password of a camera at ${url} without its user`,
        'kind: video\n      path: ./motorway.mp4\n      pace: realtime\n      loop: true',
        `kind: ${url.startsWith('rtsp') ? 'rtsp' : 'mjpeg'}\n      url: ${url}\n      passwordFile: ./password`,
        /^13:7 cameras\[0\].source: has a passwordFile but no usernameFile/,
      ],
    ),
    [
      'a second key of one authority, of which the last alone would count',
      'trust:\n  authorities:\n',
      'trust:\n  authorities:\n    - {authority: NL-POLICE, publicKeyFile: ./old.pem}\n',
      /^27:18 trust.authorities\[1\].authority: names a second key of "NL-POLICE"; an authority signs with one: take/,
    ],
    [
      'a credential outside systemd',
      './keys/node.key.json',
      'credential:node-key',
      /^22:16 keys.nodeKeyFile: names a systemd credential/,
    ],
    [
      'a slash in the identity, which would leave the topic',
      'id: laptop',
      'id: a/b',
      /^4:7 node.id: must be 1 to 64 letters/,
    ],
    [
      'a list where a group belongs',
      'recognizer:\n  minPlateProbability: 0.5',
      'recognizer: [1]',
      /^29:13 recognizer: must be a group of keys/,
    ],
    [
      'the same key twice',
      'dataFolder: ./data',
      'dataFolder: ./data\ndataFolder: ./other',
      /^9:1 : not YAML: Map keys must be unique/,
    ],
  ];
  test.each(cases)('%s is named with its line, and with what would be right', (_, from, to, problem) => {
    expect(laptop).toContain(from);
    const problems = problemsOf(laptop.replace(from, to));
    expect(
      problems.some((text) => problem.test(text)),
      problems.join('\n'),
    ).toBe(true);
    expect(problems.join()).not.toContain('secret');
  });

  test('all problems are told at once, in the order of the file', () => {
    const problems = problemsOf(
      laptop.replace('id: laptop', 'id: ""').replace('loop: true', 'loop: 3').replace('./data', '""'),
    );
    expect(problems.map((text) => text.split(' ')[1])).toEqual(['node.id:', 'dataFolder:', 'cameras[0].source.loop:']);
  });

  test('two cameras of one name are refused at the second', () => {
    const camera = '  - name: recording\n    source: {kind: folder, path: ./x}\n';
    expect(problemsOf(laptop.replace('cameras:\n', `cameras:\n${camera}`)).join()).toMatch(
      /cameras\[1\].name: names a second camera "recording"/,
    );
  });

  test.each([
    ['nothing', '', /is empty/],
    ['binary noise', '\u0000\u0001\ufffd[[[', /must be a group of keys/],
    [
      'aliases that would grow without bound',
      `a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c]\n`,
      /refused: Excessive alias count/,
    ],
    ['a file larger than any settings are', `# ${'x'.repeat(1024 * 1024)}\n`, /is larger than 1048576 bytes/],
  ])('%s is refused in one line', (_, text, problem) => {
    expect(problemsOf(text).join()).toMatch(problem);
  });

  test('a file that is not there, and a folder, are problems, not crashes', () => {
    expect(readNodeSettings(join(folder, 'none.yaml'), {}).problems?.[0]?.message).toMatch(/cannot be read/);
    expect(readNodeSettings(folder, {}).problems?.[0]?.message).toBe('is not a file');
    expect(() => loadNodeSettings(join(folder, 'none.yaml'), {})).toThrow(
      expect.objectContaining({ code: 'config/invalid' }),
    );
  });

  test('the JSON Schema that editors use is the one these declarations yield', () => {
    const written: unknown = JSON.parse(readFileSync(join(examples, 'node-settings.schema.json'), 'utf8'));
    expect(
      written,
      'write it again with: anpr-node check --schema > config/examples/node-settings.schema.json',
    ).toEqual(nodeSettingsJsonSchema());
  });
});
