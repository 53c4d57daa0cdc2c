import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addEnrollCommand } from './enroll.ts';
import { command, gantrySettings } from './on-a-gantry.fixture.ts';

describe('anpr-node enroll', () => {
  let folder: string;
  let key: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'enroll-'));
    key = join(folder, 'node.key');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const enroll = (...words: string[]) => command(addEnrollCommand, 'enroll', ...words);
  const withKeyFile = () =>
    gantrySettings(folder, (text) => text.replace(/nodeKeyFile: .*/, 'nodeKeyFile: ./node.key'));

  it.each<[string, string[], RegExp]>([
    ['a space in its id', ['--node', 'a 16'], /^--node must be 1 to 64 letters/],
    ['an id that begins with a dot', ['--node', '.a16'], /^--node must be 1 to 64 letters/],
    ['a country in small letters', ['--node', 'a16', '--country', 'nl'], /^--country must be NL, BE, FR or LU/],
    ['a site longer than a site may be', ['--node', 'a16', '--site', 'x'.repeat(65)], /^--site must be at most 64/],
    ['two of them, told together', ['--node', 'a/16', '--country', 'B'], /^--node [^\n]+\n--country /],
  ])('refuses what the settings would refuse and makes no key: %s', async (_, words, message) => {
    await expect(enroll('--key', key, ...words)).rejects.toMatchObject({
      code: 'enroll/not-valid',
      message: expect.stringMatching(message),
    });
    expect(existsSync(key)).toBe(false);
  });

  it('makes a key without settings, with its place or without', async () => {
    const words = ['--node', 'a16', '--site', 'A16 km 71.4', '--country', 'NL'];
    const { out } = await enroll('--key', key, ...words);
    expect(JSON.parse(out)).toMatchObject({ kid: 'a16', site: 'A16 km 71.4', country: 'NL' });
    const { out: bare } = await enroll('--key', join(folder, 'other.key'), '--node', 'a17');
    expect(JSON.parse(bare)).toMatchObject({ kid: 'a17', site: '', country: '' });
  });

  it('refuses an option that the settings contradict, and takes one that repeats them', async () => {
    const file = withKeyFile();
    await expect(enroll('--config', file, '--node', 'a17', '--country', 'BE')).rejects.toMatchObject({
      code: 'enroll/other-node',
      message: expect.stringContaining('node "nl-a16-hazeldonk-1", not "a17", country "NL", not "BE"'),
    });
    expect(existsSync(key)).toBe(false);
    const { out } = await enroll('--config', file, '--node', 'nl-a16-hazeldonk-1');
    expect(JSON.parse(out)).toMatchObject({ kid: 'nl-a16-hazeldonk-1', country: 'NL' });
  });

  it('prints the line of a key that is there again, the public half alone, and changes nothing', async () => {
    const file = withKeyFile();
    const first = await enroll('--config', file);
    const secret = readFileSync(key, 'utf8');
    await expect(enroll('--config', file)).rejects.toMatchObject({
      code: 'node-key/exists',
      message: expect.stringContaining('anpr-node enroll --show'),
    });
    for (const words of [
      ['--config', file],
      ['--key', key],
      ['--key', key, '--node', 'nl-a16-hazeldonk-1'],
    ]) {
      const shown = await enroll('--show', ...words);
      expect(shown).toEqual(first);
      expect(shown.out).not.toContain('"d"');
    }
    expect(readFileSync(key, 'utf8')).toBe(secret);
  });

  it('does not show the key of another node, and none that is not there', async () => {
    const file = withKeyFile();
    await expect(enroll('--show', '--config', file)).rejects.toMatchObject({ code: 'node-key/unreadable' });
    await enroll('--key', key, '--node', 'a17');
    const another = { code: 'enroll/other-node', message: expect.stringContaining(key) };
    await expect(enroll('--show', '--config', file)).rejects.toMatchObject(another);
    await expect(enroll('--show', '--key', key, '--node', 'a16')).rejects.toMatchObject(another);
    await expect(enroll('--show')).rejects.toMatchObject({ code: 'enroll/incomplete' });
  });

  it('makes no key under the name of a credential, and says how a sealed one is made and shown', async () => {
    const file = gantrySettings(folder);
    await expect(enroll('--config', file)).rejects.toMatchObject({
      code: 'enroll/credential',
      message: expect.stringContaining('--name=node-key'),
    });
    await expect(enroll('--show', '--config', file)).rejects.toMatchObject({
      code: 'enroll/credential',
      message: expect.stringContaining(`LoadCredentialEncrypted=node-key anpr-node enroll --show --config ${file}`),
    });
    expect(readdirSync(folder)).toEqual(['node.yaml']);
    const { out } = await enroll('--config', file, '--key', key);
    expect(JSON.parse(out)).toMatchObject({ kid: 'nl-a16-hazeldonk-1' });
  });
});
