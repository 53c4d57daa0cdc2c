import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { installationRoot } from '../../../config/foundation/installation.ts';
import { eventually } from '../../../test/eventually.ts';
import { flat, report } from './latency.ts';
import type { HitWay } from './latency-ledger.ts';
import { type MeasuredLatency, measureLatency } from './measure-latency.ts';

const way = (total: number, inSight = true): HitWay => ({
  total,
  decide: total - 60,
  make: 30,
  send: 10,
  confirm: 20,
  inSight,
});
const measured: MeasuredLatency = {
  ways: [...Array.from({ length: 99 }, (_, at) => way(101 + at)), way(1_200, false)],
  unconfirmed: 1,
  frames: { offered: 1_000, missed: 2, dropped: 3 },
  passages: 120,
  seconds: 20,
  broker: 'mosquitto',
  cores: { workers: 0.91, node: 0.1, centre: 0.05, rest: 0.02 },
};

describe('anpr-node bench --latency', () => {
  it('says the quantiles of the whole way, what was dropped and what is missing', () => {
    expect(flat(measured)).toMatchObject({
      hits: 100,
      unconfirmed: 1,
      decidedInSight: 99,
      medianMs: 151,
      p95Ms: 196,
      p99Ms: 1_200,
      framesOffered: 1_000,
      framesMissed: 2,
      framesDropped: 3,
      coresWorkers: 0.91,
    });
    const text = report(measured, 4);
    expect(text).toMatch(/receipt +151 ms +196 ms +1200 ms/);
    expect(text).toContain('1 of them were decided only after the vehicle had left');
    expect(text).toContain('1 hits have no receipt yet');
    expect(text).toContain('1000 frames offered, 2 not taken, 3 dropped');
  });

  it.each([
    { signal: 'SIGINT', during: 'drawing the road' },
    { signal: 'SIGTERM', during: 'starting the node' },
  ] as const)(
    'leaves nothing behind when $signal ends it ($during)',
    async ({ signal, during }) => {
      const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-interrupted-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const program = join(installationRoot(), 'dist', 'anpr-node.js');
      const bench = spawn(process.execPath, [program, 'bench', '--latency', '--cameras', '1', '--seconds', '60'], {
        env: { ...process.env, TMPDIR: folder },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      bench.stderr.on('data', (text: Buffer) => {
        said += text.toString();
      });
      const exit = once(bench, 'exit');
      await eventually(during, () => said.includes(during));
      expect(readdirSync(folder).length).toBeGreaterThan(0);
      bench.kill(signal);
      expect(await exit).toEqual([130, null]);
      expect(readdirSync(folder)).toEqual([]);
    },
    120_000,
  );

  it('measures a real node at a filmed road, hit by hit', { timeout: 240_000 }, async () => {
    const real = await measureLatency({
      centreFile: join(installationRoot(), 'dist', 'anpr-central.js'),
      filmsFile: join(installationRoot(), 'dist', 'latency-films.js'),
      cameras: 1,
      seconds: 7,
      filmSeconds: 6,
      warmUpMs: 0,
      onProgress: () => undefined,
    });
    expect(real.ways.length).toBeGreaterThan(0);
    expect(real.frames.offered).toBeGreaterThan(0);
    for (const { total, decide, make, send, confirm } of real.ways) {
      expect(decide + make + send + confirm).toBe(total);
      expect(Math.min(decide, send, confirm)).toBeGreaterThanOrEqual(0);
    }
  });
});
