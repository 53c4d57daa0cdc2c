import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificateDaysLeft } from './certificate-days.ts';
import { clockState } from './clock-state.ts';
import { diskSpace } from './disk-space.ts';
import { span } from './span.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'health-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('what the system tells', () => {
  test('the disk of a folder has room; one that is not there cannot be asked', () => {
    const space = diskSpace(folder);
    expect(space?.totalBytes).toBeGreaterThanOrEqual(space?.freeBytes ?? Number.NaN);
    expect(diskSpace(join(folder, 'none'))).toBeNull();
  });

  test('the clock is synchronised when the time service left its mark', async () => {
    const timesyncFolder = join(folder, 'timesync');
    mkdirSync(timesyncFolder);
    expect(await clockState({ timesyncFolder, command: ['echo', 'no'] })).toBe('not-synchronised');
    expect(await clockState({ timesyncFolder, command: ['echo', 'yes'] })).toBe('synchronised');
    expect(await clockState({ timesyncFolder, command: ['false'] })).toBe('unknown');
    expect(await clockState({ timesyncFolder, command: [join(folder, 'no-such-program')] })).toBe('unknown');
    writeFileSync(join(timesyncFolder, 'synchronized'), '');
    expect(await clockState({ timesyncFolder, command: ['echo', 'no'] })).toBe('synchronised');
  });

  test('a file that holds no certificate has no days left to tell', () => {
    writeFileSync(join(folder, 'junk.pem'), 'junk');
    expect(certificateDaysLeft(join(folder, 'junk.pem'))).toBeNull();
    expect(certificateDaysLeft(join(folder, 'none.pem'))).toBeNull();
  });

  test.each([
    [-5, '0 s'],
    [99_400, '99 s'],
    [300_000, '5 min'],
    [3 * 3_600_000 + 4 * 60_000, '3 h 04 min'],
    [12 * 86_400_000 + 3 * 3_600_000, '12 d 03 h'],
  ])('%d ms is said as %s', (ms, text) => {
    expect(span(ms)).toBe(text);
  });
});
