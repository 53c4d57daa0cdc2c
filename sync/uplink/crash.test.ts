import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MqttLink } from '../broker/mqtt-link.ts';
import { mosquittoInstalled, startMosquitto } from '../broker/start-mosquitto.ts';
import { Receiver } from '../central/receiver.ts';
import { SqliteHitStore } from '../central/sqlite-hit-store.ts';

const rounds = Number(process.env.FAULT_ROUNDS ?? 16);
const seed = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 2 ** 31));
const hitsARound = 6;

/** Beside the packages, where the built child finds them. */
const built = join(process.cwd(), 'node_modules', '.cache', `hazeldonk-crash-${process.pid}`);
/** In memory where there is such a place: a killed process loses nothing of what the kernel holds, wherever that is. */
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'hazeldonk-crash-'));

beforeAll(async () => {
  mkdirSync(built, { recursive: true });
  await build({
    entry: { child: 'sync/uplink/crash.test-child.ts' },
    outDir: built,
    format: 'esm',
    target: 'node20',
    config: false,
    silent: true,
    outExtension: () => ({ js: '.mjs' }),
  });
});
afterAll(() => {
  rmSync(built, { recursive: true });
  rmSync(folder, { recursive: true });
});

describe.skipIf(!mosquittoInstalled())('a node that is killed at any moment', () => {
  it(`loses no hit and doubles none (seed ${seed}, ${rounds} rounds)`, {
    timeout: 30_000 + rounds * 20_000,
  }, async () => {
    const random = randomFrom(seed);
    const broker = await startMosquitto();
    const store = SqliteHitStore.open(join(folder, 'hits.sqlite'));
    const shown: string[] = [];
    const link = new MqttLink({ url: broker.url, reconnectFirstMs: 20, reconnectLongestMs: 50 });
    const receiver = new Receiver({ link, store, onHit: (hit) => void shown.push(hit.id) });
    const stop = new AbortController();
    const running = [link.run(stop.signal), receiver.run(stop.signal)];

    const appending = new Set<string>();
    const appended = new Set<string>();
    const outbox = join(folder, 'outbox.sqlite');
    const launch = (first: number, count: number, onLine: (line: string, child: ChildProcess) => void) =>
      runChild([join(built, 'child.mjs'), outbox, broker.url, String(first), String(count)], (line, child) => {
        const [word, id] = line.split(' ');
        if (word === 'appending' && id) appending.add(id);
        if (word === 'appended' && id) appended.add(id);
        onLine(line, child);
      });

    for (let round = 0; round < rounds; round += 1) {
      // Each appended hit says two lines; beyond the last one the child dies while it publishes.
      const fatalLine = 1 + Math.floor(random() * (hitsARound * 2));
      const laterMs = Math.floor(random() * 60);
      const brokerToo = random() < 0.2;
      let lines = 0;
      await launch(round * hitsARound, hitsARound, (_, child) => {
        lines += 1;
        if (lines === fatalLine) setTimeout(() => child.kill('SIGKILL'), laterMs);
      });
      if (brokerToo) {
        await broker.kill();
        await broker.restart();
      }
    }
    let empty = false;
    await launch(0, 0, (line, child) => {
      if (line !== 'empty') return;
      empty = true;
      child.kill('SIGKILL');
    });
    stop.abort();
    await Promise.all(running);

    expect(empty).toBe(true);
    const arrived = (await store.latest(1_000_000)).map(({ hit }) => hit.id);
    expect(arrived.filter((id) => !appending.has(id))).toEqual([]);
    expect([...appended].filter((id) => !arrived.includes(id))).toEqual([]);
    expect(shown.length).toBe(new Set(shown).size);
    expect(new Set(shown)).toEqual(new Set(arrived));
    expect(await store.counts()).toEqual({ hits: arrived.length, pictures: arrived.length * 2 });
    expect(receiver.counts()).toMatchObject({ conflicts: 0, picturesRefused: 0, rejected: 0 });
    expect(appended.size).toBeGreaterThan(rounds);
    await store.close();
    await broker.close();
  });
});

function runChild(args: readonly string[], onLine: (line: string, child: ChildProcess) => void): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout }).on('line', (line) => onLine(line, child));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // `close` and not `exit`: its last words are read by then.
    child.once('close', (code) => (code === null ? resolve() : reject(new Error(`the child ended with code ${code}`))));
  });
}

/** Mulberry32: small, and the same everywhere for the same seed. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
