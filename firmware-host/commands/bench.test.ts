import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { drawn } from '../../recognizer/drawn-plate.test-data.ts';
import { encodeLumaJpeg } from '../../recognizer/picture/encode-jpeg.ts';
import { addBenchCommand } from './bench.ts';

describe('anpr-node bench', () => {
  let folder = '';
  let stdout = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hazeldonk-bench-'));
    stdout = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      stdout += String(text);
      return true;
    });
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rm(folder, { recursive: true });
  });

  async function bench(...words: readonly string[]): Promise<void> {
    const program = new Command('anpr-node').exitOverride();
    addBenchCommand(program);
    for (const command of program.commands) command.exitOverride();
    await program.parseAsync(['bench', ...words], { from: 'user' });
  }

  it.each([
    [['--entries', '1000'], /--entries says nothing to timing the reading of pictures; it belongs to --lists/],
    [['--lists', '--models', 'm'], /--models says nothing to --lists; it belongs to timing the reading/],
    [['--latency', '--uplink'], /--uplink says nothing to --latency/],
    [['--uplink', '--cameras', '2'], /--cameras says nothing to --uplink; it belongs to --latency/],
  ])('refuses options that say nothing to what is measured: %j', async (words, message) => {
    await expect(bench(...words)).rejects.toMatchObject({
      code: 'bench/option-unused',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ['--entries', '0'],
    ['--entries', '1'],
    ['--changes', '0'],
    ['--changes', '1'],
    ['--entries', '20000001'],
  ])('refuses a list that cannot be measured: %s %s', async (option, value) => {
    await expect(bench('--lists', option, value)).rejects.toThrow(/from 2 to 20 million/);
  });

  it('says null of plates where no picture has one', async () => {
    const nothing = '<rect width="320" height="200" fill="#777"/>';
    await writeFile(join(folder, 'grey.jpg'), await encodeLumaJpeg(await drawn(nothing, 320, 200), 90));
    const one = ['--pictures', folder, '--count', '1', '--rounds', '1'];
    await bench(...one, '--json');
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ pictures: 1, plates: 0, readMs: null, readAgainP95Ms: null, lookedCloser: null });
    expect(told.readShareOfDecode).toBeNull();
    expect(told.detectMs).toBeGreaterThan(0);
    stdout = '';
    await bench(...one);
    expect(stdout).toMatch(/read a plate +- +-/);
  });
});
