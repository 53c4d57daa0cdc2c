import { Fault } from '../../config/foundation/fault.ts';
import { type Log, silentLog } from '../../config/foundation/log.ts';
import { pause } from '../../config/foundation/pause.ts';
import type { Service } from '../../config/foundation/service.ts';
import type { BrokerLink, BrokerMessage } from '../broker/broker-link.ts';
import { topics } from '../broker/topics.ts';
import { isDiskFull } from '../database/is-full.ts';
import { isInside, type NodePlace } from './area.ts';
import type { ListKeys } from './list-keys.ts';
import type { ListStore, MissingChunk, Withdrawal } from './list-store.ts';
import { DirectListWriter, type ListWriter } from './list-writer.ts';
import {
  type ActiveManifest,
  type LayerReference,
  layersOf,
  mostManifestBytes,
  parseManifest,
  type SignedManifest,
} from './manifest.ts';
import { MirroredBlobs } from './mirrored-blobs.ts';
import { type BlobReference, type BlobSource, RetainedBlobs } from './retained-blobs.ts';
import type { StoredLayer } from './stored-layer.ts';
import type { TrustStore } from './trust.ts';

export type RefusalReason =
  | 'unknown-authority'
  | 'too-large'
  | 'bad-manifest'
  | 'wrong-topic'
  | 'bad-signature'
  | 'replayed'
  | 'downgraded'
  | 'forked'
  | 'expired'
  | 'not-allowed'
  | 'altered-blob'
  | 'bad-content'
  | 'bad-wrapped-key'
  | 'wrong-key';

export interface Refusal {
  readonly authority: string;
  readonly list: string;
  /** Null where the message could not be read that far. */
  readonly version: number | null;
  readonly reason: RefusalReason;
}

export interface ListSyncOptions {
  readonly link: BrokerLink;
  readonly store: ListStore;
  readonly keys: ListKeys;
  readonly trust: TrustStore;
  readonly node: NodePlace;
  /** What the country's law lets this node load; `false` refuses the list. */
  readonly allows?: (manifest: ActiveManifest) => boolean;
  readonly onRefused?: (refusal: Refusal) => void;
  /** A version matches from now on. */
  readonly onApplied?: (manifest: ActiveManifest) => void;
  readonly blobs?: BlobSource;
  /** Writes into the database of `store`; on this thread by default. */
  readonly writer?: ListWriter;
  /** PEM file of a certificate authority that HTTPS mirrors may be signed by, beside the system's. */
  readonly mirrorCaFile?: string | undefined;
  readonly requestsInFlight?: number;
  readonly now?: () => number;
  /** How long a full disk is left alone. */
  readonly lookAgainMs?: number;
  readonly log?: Log;
}

/**
 * Keeps this node's lists as their authorities last published them: manifest ─► verify ─► fetch what is missing ─► switch.
 * Whatever is refused is counted and reported, and the last good version keeps matching.
 */
export class ListSync implements Service {
  readonly name = 'list-sync';
  readonly #options: ListSyncOptions;
  readonly #blobs: BlobSource;
  readonly #writer: ListWriter;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #refusals = new Map<RefusalReason, number>();
  /** Whoever floods the broker must not fill the log: of each kind the 1st, 2nd, 4th, 8th ... is said. */
  readonly #repeats = new BoundedCounts(256);
  readonly #fetches = new Map<string, AbortController>();
  readonly #running = new Set<Promise<void>>();
  #fail: (error: unknown) => void = () => undefined;
  #stopping = false;

  constructor(options: ListSyncOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#now = options.now ?? Date.now;
    this.#writer = options.writer ?? new DirectListWriter(options.store);
    const onAltered = ({ authority, list }: BlobReference): void =>
      this.#refuse({ authority, list, version: null, reason: 'altered-blob' });
    this.#blobs =
      options.blobs ??
      new MirroredBlobs({
        fallback: new RetainedBlobs({ link: options.link, onAltered }),
        onAltered,
        caFile: options.mirrorCaFile,
        now: this.#now,
      });
  }

  /** How many messages were refused, by reason. */
  get refusals(): ReadonlyMap<RefusalReason, number> {
    return this.#refusals;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#runWhileThereIsRoom(signal);
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        // What matches goes on matching. What came meanwhile is retained at the broker and comes again.
        this.#log.event('error', 'list/disk-full');
        await pause(this.#options.lookAgainMs ?? 30_000, signal);
      }
    }
  }

  async #runWhileThereIsRoom(signal: AbortSignal): Promise<void> {
    const { link, node, store, trust } = this.#options;
    this.#stopping = false;
    const failed = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    for (const { authority, list } of store.lists()) if (!trust.knows(authority)) store.forget(authority, list);
    for (const { pending } of store.lists()) if (pending !== null) this.#startFetching(pending);
    const unsubscribeKeys = link.subscribe(topics.allListKeysOf(node.id), (message) =>
      this.#guard(() => this.#onKey(message)),
    );
    const unsubscribeManifests = link.subscribe(topics.allManifests, (message) =>
      this.#guard(() => this.#onManifest(message)),
    );
    try {
      await Promise.race([aborted(signal), failed]);
    } finally {
      unsubscribeManifests();
      unsubscribeKeys();
      this.#stopping = true;
      for (const fetching of this.#fetches.values()) fetching.abort();
      this.#fetches.clear();
      await Promise.all(this.#running);
      await this.#writer.close();
    }
  }

  #onManifest({ topic, payload }: BrokerMessage): void {
    if (payload.length === 0) return;
    const [, , , authority = '', list = ''] = topic.split('/');
    const verdict = this.#judge(authority, list, payload);
    if (verdict === 'known') return;
    if (typeof verdict === 'string') this.#refuse({ authority, list, version: null, reason: verdict });
    else if (verdict.reason === null) this.#take(verdict.signed);
    else this.#refuse({ authority, list, version: verdict.signed.manifest.version, reason: verdict.reason });
  }

  /** Invariant: only a verified manifest that is newer than all before it comes here. */
  #take(signed: SignedManifest): void {
    const { manifest } = signed;
    const { authority, list } = manifest;
    this.#fetches.get(`${authority}/${list}`)?.abort();
    if (manifest.state === 'revoked') {
      this.#withdraw(signed, 'revoked');
      this.#log.event('warn', 'list/revoked', { authority, list, version: manifest.version });
    } else if (!isInside(manifest.area, this.#options.node)) {
      this.#withdraw(signed, 'outside-area');
    } else {
      this.#options.store.accept(signed);
      this.#startFetching(signed);
    }
  }

  #withdraw(signed: SignedManifest, why: Withdrawal): void {
    this.#options.keys.forget(signed.manifest.authority, signed.manifest.list);
    this.#options.store.withdraw(signed, why);
  }

  /** Cheap checks first, so that strangers cost little; nothing is believed before the signature. */
  #judge(
    authority: string,
    list: string,
    payload: Uint8Array,
  ): RefusalReason | 'known' | { signed: SignedManifest; reason: RefusalReason | null } {
    const { trust, store } = this.#options;
    if (!trust.knows(authority)) return 'unknown-authority';
    if (payload.length > mostManifestBytes) return 'too-large';
    const signed = parsed(payload);
    if (signed === null) return 'bad-manifest';
    const { manifest } = signed;
    if (manifest.authority !== authority || manifest.list !== list) return 'wrong-topic';
    if (!trust.verifies(signed)) return 'bad-signature';
    const head = store.list(authority, list)?.accepted;
    if (head?.sha256 === signed.sha256) return 'known';
    return { signed, reason: this.#objection(signed, head) };
  }

  #objection(
    { manifest }: SignedManifest,
    head: { generation: number; version: number; sha256: string } | undefined,
  ): RefusalReason | null {
    if (head !== undefined) {
      const { predecessor } = manifest;
      if (manifest.version < head.version) return 'replayed';
      if (manifest.version === head.version) return 'forked';
      if (manifest.generation < head.generation) return 'downgraded';
      // Without a hash there is but a floor under the versions, left of a database that was damaged.
      const known = head.sha256 !== '' && predecessor?.version === head.version;
      if (known && predecessor.sha256 !== head.sha256) return 'forked';
    }
    if (manifest.state === 'revoked') return null;
    if (Date.parse(manifest.validUntil) <= this.#trueNowMs(manifest.authority)) return 'expired';
    return this.#options.allows?.(manifest) === false ? 'not-allowed' : null;
  }

  #onKey({ topic, payload }: BrokerMessage): void {
    // An empty message is the centre tidying up; a key is given up when its list is.
    if (payload.length === 0) return;
    const [, , , , , authority = '', list = '', generation = ''] = topic.split('/');
    if (!this.#options.trust.knows(authority) || !/^[1-9]\d{0,14}$/.test(generation)) return;
    this.#track(
      this.#options.keys.receive({ authority, list, generation: Number(generation) }, payload).then((outcome) => {
        if (outcome !== 'taken' && outcome !== 'known') {
          this.#refuse({ authority, list, version: null, reason: outcome });
        }
      }),
    );
  }

  #startFetching(signed: SignedManifest): void {
    const { manifest } = signed;
    if (manifest.state !== 'active') return;
    const fetching = new AbortController();
    this.#fetches.set(`${manifest.authority}/${manifest.list}`, fetching);
    this.#track(this.#fetchAndSwitch(signed, manifest, fetching));
  }

  async #fetchAndSwitch(signed: SignedManifest, manifest: ActiveManifest, fetching: AbortController): Promise<void> {
    const { store, keys } = this.#options;
    const { authority, list, version } = manifest;
    const { signal } = fetching;
    try {
      for (const layer of layersOf(manifest)) await this.#fetchLayer(manifest, layer, signal);
      await keys.waitFor(manifest, manifest.keyCheck, signal);
      signal.throwIfAborted();
      await this.#switchTo(signed, manifest);
      this.#log.event('info', 'list/applied', { authority, list, version, entries: manifest.entries });
      this.#options.onApplied?.(manifest);
      await this.#writer.collect();
    } catch (error) {
      if (signal.aborted) {
        // What was under way when a list was revoked may have been written after it was deleted.
        if (!this.#stopping) await this.#writer.collect();
        return;
      }
      if (!(error instanceof Fault) || !contentFaults.has(error.code)) throw error;
      // One bad chunk ends the other requests too: the version is given up as a whole.
      fetching.abort();
      store.dropPending(authority, list);
      this.#refuse({ authority, list, version, reason: 'bad-content' });
    }
  }

  /** Everything is read before the switch, so that matching takes the new version over without waiting for the disk. */
  async #switchTo(signed: SignedManifest, manifest: ActiveManifest): Promise<void> {
    const { store } = this.#options;
    const { authority, list } = manifest;
    const held = store.list(authority, list)?.active ?? null;
    const known = new Set((held === null ? [] : layersOf(held)).map(({ index }) => index.sha256));
    const added = layersOf(manifest).filter(({ index }) => !known.has(index.sha256));
    const layers: [string, StoredLayer][] = [];
    for (const { sha256 } of added.map(({ index }) => index)) {
      layers.push([sha256, await this.#writer.finishLayer({ authority, list, indexSha256: sha256 })]);
    }
    await this.#writer.switchTo(signed.bytes);
    for (const [sha256, layer] of layers) store.handOver(authority, list, sha256, layer);
    store.changedElsewhere();
  }

  /** What was fetched before an interruption is in the store and is not asked for again. */
  async #fetchLayer(manifest: ActiveManifest, layer: LayerReference, signal: AbortSignal): Promise<void> {
    const { store } = this.#options;
    const { authority, list, mirrors } = manifest;
    const { sha256, bytes } = layer.index;
    if (!store.hasLayer(authority, list, sha256)) {
      const index = await this.#blobs.fetch({ authority, list, sha256, bytes, mirrors }, signal);
      signal.throwIfAborted();
      await this.#writer.stageLayer({ authority, list, indexSha256: sha256 }, index);
      signal.throwIfAborted();
    }
    const { prefixBits, chunks } = store.missingChunks(authority, list, sha256);
    const removals = layer !== manifest.snapshot;
    const fetchNext = async (): Promise<void> => {
      for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
        await this.#fetchChunk(manifest, { chunk, prefixBits, removals }, signal);
      }
    };
    await Promise.all(Array.from({ length: this.#options.requestsInFlight ?? 8 }, fetchNext));
  }

  async #fetchChunk(
    { authority, list, mirrors }: ActiveManifest,
    { chunk, prefixBits, removals }: { chunk: MissingChunk; prefixBits: number; removals: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const blob = { authority, list, sha256: chunk.sha256.toString('hex'), bytes: chunk.bytes, mirrors };
    const bytes = await this.#blobs.fetch(blob, signal);
    signal.throwIfAborted();
    const { sha256, ordinal, records } = chunk;
    await this.#writer.addChunk({ sha256, bytes, prefixBits, ordinal, removals, records });
  }

  /** A clock behind the authority's latest signature is wrong, and must not revive an expired list. */
  #trueNowMs(authority: string): number {
    return Math.max(this.#now(), this.#options.store.latestIssuedMs(authority));
  }

  #refuse(refusal: Refusal): void {
    const { authority, list, version, reason } = refusal;
    const total = (this.#refusals.get(reason) ?? 0) + 1;
    this.#refusals.set(reason, total);
    const known = this.#options.trust.knows(authority);
    const count = this.#repeats.count(known ? `${authority}/${list} ${reason}` : reason, total);
    if (Number.isInteger(Math.log2(count))) {
      this.#log.event('warn', 'list/refused', known ? { authority, list, version, reason, count } : { reason, count });
    }
    this.#options.onRefused?.(refusal);
  }

  #guard(handle: () => void): void {
    try {
      handle();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Bugs and a broken database end the service; the supervisor decides what then. */
  #track(work: Promise<void>): void {
    const tracked = work.catch((error: unknown) => this.#fail(error)).finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }
}

/** Counts by name, for so many names; one too many counts with the total that its caller gives. */
class BoundedCounts {
  readonly #counts = new Map<string, number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  count(name: string, total: number): number {
    const before = this.#counts.get(name);
    if (before === undefined && this.#counts.size >= this.#most) return total;
    this.#counts.set(name, (before ?? 0) + 1);
    return (before ?? 0) + 1;
  }
}

const contentFaults = new Set(['list/bad-chunk', 'list/bad-index']);

function parsed(payload: Uint8Array): SignedManifest | null {
  try {
    return parseManifest(payload);
  } catch (error) {
    if (error instanceof Fault && error.code === 'list/bad-manifest') return null;
    throw error;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
