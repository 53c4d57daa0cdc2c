import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { mosquittoInstalled } from '../../broker/start-mosquitto.ts';
import { runListBenchmark } from './list-benchmark.ts';

const cache = resolve('node_modules/.cache');
let built = '';
let temporary = '';

beforeAll(async () => {
  mkdirSync(cache, { recursive: true });
  built = mkdtempSync(join(cache, 'list-bench-'));
  temporary = join(built, 'tmp');
  mkdirSync(temporary);
  vi.stubEnv('TMPDIR', temporary);
  const entry = { child: 'sync/lists/benchmark/bench-child.ts', writer: 'sync/lists/store/list-writer-worker.ts' };
  await build({ entry, outDir: built, format: 'esm', target: 'node20', silent: true, config: false, clean: false });
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(built, { recursive: true, force: true });
});

describe.skipIf(!mosquittoInstalled())('the benchmark of lists', () => {
  it('takes a list through a real broker onto a node and a small fleet, and leaves nothing behind', async () => {
    const progress: string[] = [];
    const { node, fleet, safety } = await runListBenchmark({
      childFile: join(built, 'child.js'),
      writerFile: join(built, 'writer.js'),
      entries: 1000,
      changes: 50,
      clients: 4,
      onProgress: (text) => progress.push(text),
    });
    expect(node).toMatchObject({ entries: 1000, deltaChanges: 50 });
    expect(node.megabytes).toBeGreaterThan(0.1);
    for (const figure of [
      node.applySeconds,
      node.applyCpuSeconds,
      node.peakRssMb,
      node.deltaSeconds,
      node.restartSeconds,
    ]) {
      expect(figure).toBeGreaterThan(0);
    }
    expect(node.lookUpMs.count).toBe(1000);
    expect(fleet).toMatchObject({ clients: 4, liveSeconds: { count: 4 } });
    expect(safety.length).toBeGreaterThan(4);
    expect(progress.length).toBeGreaterThan(5);
    expect(readdirSync(temporary)).toEqual([]);
  }, 300_000);
});
