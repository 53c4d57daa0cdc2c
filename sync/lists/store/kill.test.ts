import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'tsup';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MemoryBroker } from '../../broker/memory-link.ts';
import { startMs, TestAuthority, TestNode } from '../list-world.fixture.ts';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const rounds = Number(process.env.KILLS ?? 16);
const entries = 1200;
/** The start, index, chunks, part, switch and clean-up of one version, and some more. */
const MOST_STEPS = 15;
/** Makes entries large, so that a few of them fill several chunks. */
const words = 'x'.repeat(200);

/** Inside node_modules, so that what the child imports is found from there. */
const cache = resolve('node_modules/.cache');
let built = '';

beforeAll(async () => {
  mkdirSync(cache, { recursive: true });
  built = mkdtempSync(join(cache, 'kill-'));
  const entry = {
    child: 'sync/lists/store/apply-until-killed.fixture.ts',
    writer: 'sync/lists/store/list-writer-worker.ts',
  };
  await build({ entry, outDir: built, format: 'esm', target: 'node20', silent: true, config: false, clean: false });
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

it.each(['direct', 'thread'] as const)(
  `holds exactly one complete version whenever it is killed while applying one, writer: %s (seed ${seed})`,
  async (writer) => {
    const random = randomFrom(seed);
    const authority = new TestAuthority();
    const broker = new MemoryBroker();
    const probe = await TestNode.open({ link: broker.link(), authorities: [authority] });
    const { folder, key } = probe;
    probe.database.close();
    const stored = new Set<string>();
    const fetched = { count: 0 };
    let newest = 0;
    let held: number | null = null;
    const publishNext = async (): Promise<void> => {
      newest += 1;
      await authority.build(rowsOf(newest), { columns: 'plate,country,reference,purpose,legal_basis' });
      await authority.publish(broker.link(), [key.publicKey]);
    };
    for (let round = 0; round < rounds; round += 1) {
      // Now and then an interrupted version is taken up again instead of being overtaken by the next.
      if (held === newest || newest === 0 || random() < 0.7) {
        await publishNext();
      }
      const steps = 1 + Math.floor(random() * MOST_STEPS);
      const moment = { writer, steps, afterMs: random() * 12, stored, fetched };
      await applyUntilKilled(folder, authority, moment);
      held = await checkedVersion(folder, authority, newest);
      if ((round + 1) % 50 === 0) process.stderr.write(`${round + 1} of ${rounds} kills, writer: ${writer}\n`);
    }
    // What all these kills left behind is no obstacle to the next version. It may be finished or cleaned away first, and the child ends after that.
    await publishNext();
    for (let run = 0; run < 3 && held !== newest; run += 1) {
      const moment = { writer, steps: Number.POSITIVE_INFINITY, afterMs: 0, stored, fetched };
      await applyUntilKilled(folder, authority, moment);
      held = await checkedVersion(folder, authority, newest);
    }
    expect(held).toBe(newest);
    expect(fetched.count).toBeGreaterThanOrEqual(stored.size);
  },
  Math.max(240_000, rounds * 15_000),
);

function rowsOf(version: number): string[] {
  return Array.from({ length: entries }, (_, n) => `${plate(n)},B,version-${version},${words},${words}`);
}

function plate(n: number): string {
  return `${1 + (n % 9)}ABC${String(Math.floor(n / 9)).padStart(3, '0')}`;
}

/**
 * Kills the child some milliseconds after a number of its steps, in the midst of the next. What it said to have stored is on disk, so a child after it
 * must not ask for that again.
 */
async function applyUntilKilled(folder: string, authority: TestAuthority, moment: Moment): Promise<void> {
  const pem = authority.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const files = [join(folder, 'lists.sqlite'), join(folder, 'node.key'), authority.folder.path];
  const writerFile = moment.writer === 'thread' ? [join(built, 'writer.js')] : [];
  const child = fork(join(built, 'child.js'), [...files, pem, String(startMs), ...writerFile], { stdio: 'inherit' });
  let left = moment.steps;
  const { stored, fetched } = moment;
  const exited = new Promise<string | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  const twice: string[] = [];
  const storedNow = new Set<string>();
  child.on('message', (message) => {
    const [step, sha256 = ''] = String(message).split(' ');
    if (step === 'fetch') {
      fetched.count += 1;
      if (stored.has(sha256) || storedNow.has(sha256)) twice.push(sha256);
      return;
    }
    if (step === 'stored') storedNow.add(sha256);
    left -= 1;
    // After the last clean-up nothing more is told.
    if (left === 0 || step === 'collected') setTimeout(() => child.kill('SIGKILL'), moment.afterMs);
  });
  expect(await exited).toBe('SIGKILL');
  expect(twice).toEqual([]);
  for (const sha256 of storedNow) stored.add(sha256);
}

interface Moment {
  readonly writer: 'direct' | 'thread';
  readonly steps: number;
  readonly afterMs: number;
  /** Chunks that earlier children said to have stored. */
  readonly stored: Set<string>;
  readonly fetched: { count: number };
}

async function checkedVersion(folder: string, authority: TestAuthority, newest: number): Promise<number | null> {
  const node = await TestNode.open({ folder, link: new MemoryBroker().link(), authorities: [authority] });
  try {
    expect(node.database.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(node.database.pragma('foreign_key_check')).toEqual([]);
    const { version = null, entries: held = 0 } = node.blackLists.lists(startMs)[0] ?? {};
    expect(held).toBe(version === null ? 0 : entries);
    const references = new Set<string | undefined>();
    for (let n = 0; n < entries; n += 97) references.add(node.matching(plate(n), 'B')[0]?.entry.reference);
    expect(references.size).toBe(1);
    const [reference] = references;
    if (version === null) expect(reference).toBeUndefined();
    else expect(reference).toBe(`version-${version}`);
    expect(version ?? 0).toBeLessThanOrEqual(newest);
    return version;
  } finally {
    node.database.close();
  }
}

/** Mulberry32: small, and the same everywhere for one seed. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
