import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificateDaysLeft } from './certificate-days.ts';
import { clockState } from './clock-state.ts';
import { diskSpace } from './disk-space.ts';
import { span } from './span.ts';
import { temperatureC } from './temperature.ts';

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

  test.each<[string, () => [string, string]]>([
    // No Linux takes 6 MB of them, whatever its pages (execve(2)).
    ['there is no room for its parameters', () => ['echo', 'x'.repeat(8_000_000)]],
    ['its path leads through a file', () => [join(folder, 'file', 'program'), '']],
  ])('the clock is unknown when the program that knows cannot be started because %s', async (_, command) => {
    writeFileSync(join(folder, 'file'), '');
    expect(await clockState({ timesyncFolder: join(folder, 'none'), command: command() })).toBe('unknown');
  });

  test('the temperature is that of the hottest sensor; broken and sleeping ones say nothing', () => {
    const sensors = join(folder, 'thermal');
    expect(temperatureC(sensors)).toBeNull();
    const says = (zone: string, text: string): void => {
      mkdirSync(join(sensors, zone), { recursive: true });
      writeFileSync(join(sensors, zone, 'temp'), text);
    };
    for (const [at, text] of ['', 'n/a', '-274000', '4294967', '151000'].entries()) says(`thermal_zone${at}`, text);
    mkdirSync(join(sensors, 'thermal_zone9', 'temp'), { recursive: true });
    says('cooling_device0', '99000');
    expect(temperatureC(sensors)).toBeNull();
    says('thermal_zone10', '-12500\n');
    expect(temperatureC(sensors)).toBe(-12.5);
    says('thermal_zone11', '51280\n');
    expect(temperatureC(sensors)).toBe(51.3);
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
