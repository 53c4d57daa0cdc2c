import { createPublicKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MqttLink } from '../../broker/mqtt-link.ts';
import { ListSync } from '../list-sync.ts';
import type { Reading } from '../matching/match.ts';
import { BlackLists } from '../matching/matcher.ts';
import { RetainedBlobs } from '../retained-blobs.ts';
import { ListKeys } from '../sealing/list-keys.ts';
import { makeNodeKey, readNodeKey } from '../sealing/node-key.ts';
import { openListFile } from '../store/list-file.ts';
import { ListWriterThread } from '../store/list-writer-thread.ts';
import { TrustStore } from '../trust.ts';
import {
  cpuSeconds,
  type FromChild,
  type NodeRole,
  type Observed,
  type Quantiles,
  quantilesOf,
  type ToChild,
} from './bench-messages.ts';
import { plateText } from './synthetic-list.ts';

const place = { id: 'bench-node', site: 'bench', country: 'NL' };
/** Passages a second while a list is applied: five times those of a busy gantry, so that the slowest in a hundred are many. */
const passagesPerSecond = 100;
/** A node that gets a list has matched before: the first look-ups after a start, not yet compiled, say nothing about an apply. */
const passagesBefore = 500;
const spellingsPerPassage = 64;

/** The list side of a node in a process of its own: what `anpr-node run` does with lists, and nothing else. */
export async function runBenchNode(role: NodeRole, tell: (message: FromChild) => void): Promise<void> {
  const keyFile = join(role.folder, 'node.key');
  if (!existsSync(keyFile)) await makeNodeKey(keyFile, place);
  const key = await readNodeKey(keyFile);
  const file = join(role.folder, 'lists.sqlite');
  const { database, store } = openListFile(file);
  const keys = await ListKeys.open(key, store);
  const lists = new BlackLists({ store, keys, node: place });
  const link = new MqttLink({ url: role.brokerUrl, clientId: place.id, reconnectFirstMs: 50 });
  const counted = { fetches: 0 };
  const blobs = new RetainedBlobs({ link });
  const sync = new ListSync({
    link,
    store,
    writer: new ListWriterThread({ file: role.writerFile, database: file }),
    keys,
    node: place,
    trust: new TrustStore(role.trusted.map((one) => [one.authority, createPublicKey(one.publicKey)])),
    blobs: {
      fetch(blob, signal) {
        counted.fetches += 1;
        return blobs.fetch(blob, signal);
      },
    },
    onApplied: ({ authority, version }) => tell({ tell: 'applied', authority, version, atMs: Date.now() }),
    onRefused: ({ reason }) => {
      throw new Error(`the benchmark's list was refused: ${reason}`);
    },
  });
  const match = (plate: string) => lists.match(sureReading(plate), Date.now()).length > 0;
  const probed = role.probePlate !== null && match(role.probePlate);
  tell({ tell: 'ready', keys: [key.publicKey], probed });
  let observation: Observation | null = null;
  process.on('message', (message: ToChild) => {
    if (message.ask === 'observe') observation = new Observation(lists);
    else if (message.ask === 'observed' && observation !== null) {
      tell({ tell: 'observed', observed: { ...observation.end(), fetches: counted.fetches } });
    } else if (message.ask === 'match') tell({ tell: 'matched', matched: message.plates.filter(match).length });
    else if (message.ask === 'look-ups') tell({ tell: 'look-ups', ms: timedLookUps(lists, message.count) });
  });
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort());
  process.once('disconnect', () => stop.abort());
  await Promise.all([link.run(stop.signal), sync.run(stop.signal)]);
  database.close();
  process.exit(0);
}

/** Passages come while the list is applied: how long each look-up takes, and how late it is begun. */
class Observation {
  readonly #lookUps: number[] = [];
  readonly #waits: number[] = [];
  readonly #cpuSeconds = cpuSeconds();
  readonly #timer: NodeJS.Timeout;

  constructor(lists: BlackLists) {
    timedLookUps(lists, passagesBefore);
    let dueMs = performance.now();
    let passage = 0;
    this.#timer = setInterval(() => {
      dueMs += 1000 / passagesPerSecond;
      this.#waits.push(Math.max(0, performance.now() - dueMs));
      // Missed turns of an interval are not made up, so the next is due one period from now.
      dueMs = performance.now();
      this.#lookUps.push(timedLookUp(lists, passage++));
    }, 1000 / passagesPerSecond);
  }

  end(): Omit<Observed, 'fetches'> {
    clearInterval(this.#timer);
    return {
      lookUpMs: quantilesOf(this.#lookUps),
      waitMs: quantilesOf(this.#waits),
      cpuSeconds: cpuSeconds() - this.#cpuSeconds,
      peakRssMb: process.resourceUsage().maxRSS / 1024,
    };
  }
}

function timedLookUps(lists: BlackLists, count: number): Quantiles {
  return quantilesOf(Array.from({ length: count }, (_, n) => timedLookUp(lists, n)));
}

function timedLookUp(lists: BlackLists, n: number): number {
  const reading = doubtfulReading(n);
  const from = performance.now();
  lists.match(reading, Date.now());
  return performance.now() - from;
}

function sureReading(text: string): Reading {
  return { spellings: [{ text, probability: 1 }], countries: [{ country: 'B', probability: 0.999 }] };
}

/** A passage that could be read in 64 ways, none of them listed, as nearly every passage is. */
function doubtfulReading(n: number): Reading {
  const spellings = Array.from({ length: spellingsPerPassage }, (_, other) => ({
    text: plateText(10_000_000 + (n * spellingsPerPassage + other) * 9_001),
    probability: other === 0 ? 0.9 : 0.1 / spellingsPerPassage,
  }));
  return { spellings, countries: [{ country: 'B', probability: 0.9 }] };
}
