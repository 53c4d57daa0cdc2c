import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadNodeSettings } from './load-node-settings.ts';
import { loadSettingsOutsideService, readSettingsOutsideService } from './settings-outside-service.ts';

const gantry = join(import.meta.dirname, 'examples', 'dutch-gantry.yaml');
const invalid = expect.objectContaining({ code: 'config/invalid' });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'outside-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('settings read beside the service', () => {
  test('a credential that only the service has keeps its name, and everything else is as the service reads it', () => {
    const inside = loadNodeSettings(gantry, { CREDENTIALS_DIRECTORY: '/run/credentials/anpr-node' });
    const outside = loadSettingsOutsideService(gantry, {});
    expect(outside.keys.nodeKeyFile).toBe('credential:node-key');
    expect(outside.cameras[0]!.source).toMatchObject({ passwordFile: 'credential:camera-password' });
    expect(JSON.parse(JSON.stringify(outside).replaceAll('credential:', '/run/credentials/anpr-node/'))).toEqual(
      inside,
    );
  });

  test('a credential that is here is a path', () => {
    const given = loadSettingsOutsideService(gantry, { CREDENTIALS_DIRECTORY: '/run/credentials/anpr-node' });
    expect(given.keys.nodeKeyFile).toBe('/run/credentials/anpr-node/node-key');
  });

  test('the node itself does not start on them, nor with an empty name of the folder', () => {
    expect(() => loadNodeSettings(gantry, {})).toThrow(invalid);
    expect(() => loadNodeSettings(gantry, { CREDENTIALS_DIRECTORY: '' })).toThrow(invalid);
  });

  test('what is wrong in the settings is wrong here too, and nothing else is said', () => {
    const file = join(folder, 'node.yaml');
    writeFileSync(file, readFileSync(gantry, 'utf8').replace('country: NL', 'country: nl'));
    expect(readSettingsOutsideService(file, {}).problems).toEqual([expect.objectContaining({ key: 'node.country' })]);
    expect(() => loadSettingsOutsideService(file, {})).toThrow(invalid);
  });
});
