import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { BrokerLink } from '../broker/broker-link.ts';
import { MemoryBroker } from '../broker/memory-link.ts';
import { type BuildOutcome, buildListFolder } from '../central/lists/build-list-folder.ts';
import { ListFolder } from '../central/lists/list-folder.ts';
import { type PublishReport, publishList } from '../central/lists/publish-list.ts';
import { type Database, openDatabase } from '../database/database.ts';
import type { NodePlace } from './area.ts';
import { type ListDescription, listDescriptionSchema } from './list-description.ts';
import { ListSync, type ListSyncOptions } from './list-sync.ts';
import type { ActiveManifest, Manifest } from './manifest.ts';
import { BlackLists } from './matching/matcher.ts';
import type { Refusal } from './refusals.ts';
import { ListKeys } from './sealing/list-keys.ts';
import { makeNodeKey, type NodeKey, type PublicNodeKey, readNodeKey } from './sealing/node-key.ts';
import { ListStore } from './store/list-store.ts';
import { TrustStore } from './trust.ts';

export const startMs = Date.parse('2026-03-01T12:00:00Z');
export const place: NodePlace = { id: 'e19-a', site: 'hazeldonk', country: 'NL' };

export const stolen: ListDescription = listDescriptionSchema.parse({
  authority: 'NL',
  list: 'stolen',
  title: 'Stolen vehicles',
  purpose: 'recovery of stolen vehicles',
  legalBasis: 'an act',
  protocol: 'CBE-2',
  recipients: ['nl-police'],
  action: 'stop',
  priority: 2,
  respondWithinMinutes: 15,
  expectedGenuinePerMillion: 10,
  falseHitsPerMillion: { confirmed: 1, verify: 20 },
  validity: { days: 7 },
});

/** A temporary folder that goes with its test. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-lists-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** One authority with its list folder at a broker. */
export class TestAuthority {
  readonly signingKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly description: ListDescription;
  readonly folder: ListFolder;

  constructor(description: ListDescription = stolen) {
    const pair = generateKeyPairSync('ed25519');
    this.signingKey = pair.privateKey;
    this.publicKey = pair.publicKey;
    this.description = description;
    this.folder = new ListFolder(testFolder());
  }

  async build(
    rows: readonly string[],
    { columns = 'plate,country,reference', rotateKey = false, revive = false } = {},
  ): Promise<ActiveManifest> {
    const csv = `${columns}\n${rows.join('\n')}\n`;
    const request = {
      description: this.description,
      csv: [csv],
      folder: this.folder,
      nowMs: startMs,
      rotateKey,
      revive,
    };
    const outcome: BuildOutcome = await buildListFolder(request);
    if ('errors' in outcome) throw new Error(JSON.stringify(outcome.errors[0]));
    return outcome.manifest;
  }

  publish(link: BrokerLink, nodes: readonly PublicNodeKey[], nowMs = startMs): Promise<PublishReport> {
    const { folder, signingKey } = this;
    return publishList({ folder, link, broker: 'test', signingKey, nodes, nowMs });
  }
}

export interface TestNodeOptions extends Partial<ListSyncOptions> {
  readonly folder?: string;
  readonly link: BrokerLink;
  readonly authorities: readonly TestAuthority[];
}

/** A node's list side: store, keys, sync and matching, restartable on its folder. */
export class TestNode {
  readonly folder: string;
  readonly key: NodeKey;
  readonly database: Database;
  readonly store: ListStore;
  readonly keys: ListKeys;
  readonly sync: ListSync;
  readonly blackLists: BlackLists;
  readonly refusals: Refusal[] = [];
  readonly applied: ActiveManifest[] = [];
  readonly withdrawn: Manifest[] = [];
  readonly #stop = new AbortController();
  readonly #listeners = new Set<() => void>();
  #running: Promise<void> = Promise.resolve();

  private constructor(key: NodeKey, keys: ListKeys, store: ListStore, database: Database, options: TestNodeOptions) {
    this.folder = options.folder ?? '';
    this.key = key;
    this.database = database;
    this.store = store;
    this.keys = keys;
    const { node = place } = options;
    this.blackLists = new BlackLists({ store, keys, node });
    this.sync = new ListSync({
      trust: new TrustStore(options.authorities.map((one) => [one.description.authority, one.publicKey] as const)),
      now: () => startMs,
      ...options,
      store,
      keys,
      node,
      onRefused: (refusal) => this.#note(() => this.refusals.push(refusal)),
      onApplied: (manifest) => this.#note(() => this.applied.push(manifest)),
      onWithdrawn: (manifest) => this.#note(() => this.withdrawn.push(manifest)),
    });
  }

  static async open(options: TestNodeOptions): Promise<TestNode> {
    const folder = options.folder ?? testFolder();
    const keyFile = join(folder, 'node.key');
    const key = await readNodeKey(keyFile).catch(async () => {
      await makeNodeKey(keyFile, place);
      return readNodeKey(keyFile);
    });
    const database = openDatabase(join(folder, 'lists.sqlite'));
    const store = new ListStore(database);
    return new TestNode(key, await ListKeys.open(key, store), store, database, { ...options, folder });
  }

  start(): this {
    this.#running = this.sync.run(this.#stop.signal);
    onTestFinished(() => this.stop());
    return this;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.database.close();
  }

  /** Resolves once something that was reported makes the condition true. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve, reject) => {
        this.#listeners.add(resolve);
        this.#running.catch(reject);
      });
    }
  }

  matching(text: string, country = 'NL', nowMs = startMs) {
    const reading = { spellings: [{ text, probability: 1 }], countries: [{ country, probability: 0.999 }] };
    return this.blackLists.match(reading, nowMs);
  }

  #note(note: () => void): void {
    note();
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}

/** An authority, a broker and a running node that trusts it. */
export async function listWorld(description: ListDescription = stolen) {
  const broker = new MemoryBroker();
  const authority = new TestAuthority(description);
  const node = await TestNode.open({ link: broker.link(), authorities: [authority] });
  return { broker, authority, node: node.start(), centre: broker.link() };
}
