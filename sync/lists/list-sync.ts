import { Fault } from '../../config/foundation/fault.ts';
import { type Log, silentLog } from '../../config/foundation/log.ts';
import { pause } from '../../config/foundation/pause.ts';
import type { Service } from '../../config/foundation/service.ts';
import type { BrokerLink, BrokerMessage } from '../broker/broker-link.ts';
import { topics } from '../broker/topics.ts';
import { takesNothing } from '../database/takes-nothing.ts';
import { isInside, type NodePlace } from './area.ts';
import { ExpiredManifests } from './expired-manifests.ts';
import { objectionToHeld } from './held-objections.ts';
import { ListFetcher } from './list-fetcher.ts';
import { type ActiveManifest, layersOf, type Manifest, type SignedManifest } from './manifest.ts';
import { ManifestJudge } from './manifest-judge.ts';
import { MirroredBlobs } from './mirrored-blobs.ts';
import { type Refusal, type RefusalReason, Refusals } from './refusals.ts';
import { type BlobReference, type BlobSource, RetainedBlobs } from './retained-blobs.ts';
import type { ListKeys } from './sealing/list-keys.ts';
import type { ListStore, Withdrawal } from './store/list-store.ts';
import { DirectListWriter, type ListWriter } from './store/list-writer.ts';
import type { TrustStore } from './trust.ts';

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
  /** A list matches no more: its authority ended it, or this node lies outside its area now. */
  readonly onWithdrawn?: (manifest: Manifest) => void;
  readonly blobs?: BlobSource;
  /** Writes into the database of `store`; on this thread by default. */
  readonly writer?: ListWriter;
  /** PEM file of a certificate authority that HTTPS mirrors may be signed by, beside the system's. */
  readonly mirrorCaFile?: string | undefined;
  readonly requestsInFlight?: number;
  readonly now?: () => number;
  /** How long a full disk is left alone, and how often those manifests are judged anew that a wrong clock may have found too old. */
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
  readonly #writer: ListWriter;
  readonly #log: Log;
  readonly #refusals: Refusals;
  readonly #judge: ManifestJudge;
  readonly #fetcher: ListFetcher;
  readonly #expired = new ExpiredManifests();
  readonly #lookAgainMs: number;
  readonly #fetches = new Map<string, AbortController>();
  readonly #running = new Set<Promise<void>>();
  #fail: (error: unknown) => void = () => undefined;
  #stopping = false;

  constructor(options: ListSyncOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#lookAgainMs = options.lookAgainMs ?? 30_000;
    const { link, store, trust, allows, onRefused, mirrorCaFile, now = Date.now, requestsInFlight = 8 } = options;
    this.#refusals = new Refusals({ knows: (authority) => trust.knows(authority), onRefused, log: this.#log });
    this.#judge = new ManifestJudge({ trust, store, allows, now });
    this.#writer = options.writer ?? new DirectListWriter(store);
    const onAltered = ({ authority, list }: BlobReference): void =>
      this.#refusals.add({ authority, list, version: null, reason: 'altered-blob' });
    const blobs =
      options.blobs ??
      new MirroredBlobs({ fallback: new RetainedBlobs({ link, onAltered }), onAltered, caFile: mirrorCaFile, now });
    this.#fetcher = new ListFetcher({ store, blobs, writer: this.#writer, requestsInFlight });
  }

  /** How many messages were refused, by reason. */
  get refusals(): ReadonlyMap<RefusalReason, number> {
    return this.#refusals.totals;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#runWhileThereIsRoom(signal);
      } catch (error) {
        if (!takesNothing(error)) throw error;
        // What matches goes on matching. What came meanwhile is retained at the broker and comes again.
        this.#log.event('error', 'list/disk-full');
        await pause(this.#lookAgainMs, signal);
      }
    }
  }

  async #runWhileThereIsRoom(signal: AbortSignal): Promise<void> {
    const { link, node, store } = this.#options;
    this.#stopping = false;
    const failed = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    this.#giveUpWhatCountsNoMore();
    for (const { pending } of store.lists()) if (pending !== null) this.#startFetching(pending);
    const unsubscribeKeys = link.subscribe(topics.allListKeysOf(node.id), (message) =>
      this.#guard(() => this.#onKey(message)),
    );
    const unsubscribeManifests = link.subscribe(topics.allManifests, (message) =>
      this.#guard(() => this.#onManifest(message)),
    );
    const judgingAgain = setInterval(() => this.#guard(() => this.#judgeAgain()), this.#lookAgainMs);
    try {
      await Promise.race([aborted(signal), failed]);
    } finally {
      clearInterval(judgingAgain);
      unsubscribeManifests();
      unsubscribeKeys();
      this.#stopping = true;
      for (const fetching of this.#fetches.values()) fetching.abort();
      this.#fetches.clear();
      await Promise.all(this.#running);
      await this.#writer.close();
    }
  }

  /**
   * A list that only moved out of reach may come back as new as it was; one whose signature counts no more begins anew, for nothing of it
   * can be believed.
   */
  #giveUpWhatCountsNoMore(): void {
    const { store, keys } = this.#options;
    let mayComeSignedAnew = false;
    for (const stored of store.lists()) {
      const reason = objectionToHeld(stored, this.#options);
      if (reason === null) continue;
      const { authority, list, withdrawn } = stored;
      mayComeSignedAnew ||= reason === 'bad-signature';
      keys.forget(authority, list);
      if (reason === 'unknown-authority' || reason === 'bad-signature') store.forget(authority, list);
      else store.forgetContent(authority, list);
      if (withdrawn === null) this.#log.event('warn', 'list/given-up', { authority, list, reason });
    }
    // What a run before this one left is deleted; but the chunks of a list that only has to be signed anew are not to be fetched again.
    if (!mayComeSignedAnew) this.#track(this.#fetcher.collect());
  }

  #onManifest({ topic, payload }: BrokerMessage): void {
    if (payload.length === 0) return;
    const [, , , authority = '', list = ''] = topic.split('/');
    this.#judgeAndTake(authority, list, payload);
  }

  /** What a clock that was ahead found too old counts once it is right, as if it had just come. */
  #judgeAgain(): void {
    for (const { manifest, bytes } of this.#expired.takeValid((one) => this.#judge.isExpired(one)))
      this.#judgeAndTake(manifest.authority, manifest.list, bytes);
  }

  #judgeAndTake(authority: string, list: string, payload: Uint8Array): void {
    const verdict = this.#judge.judge(authority, list, payload);
    if (verdict === 'known') return;
    if (typeof verdict === 'string') this.#refusals.add({ authority, list, version: null, reason: verdict });
    else if (verdict.reason === null) this.#take(verdict.signed);
    else {
      if (verdict.reason === 'expired') this.#expired.keep(verdict.signed);
      this.#refusals.add({ authority, list, version: verdict.signed.manifest.version, reason: verdict.reason });
    }
  }

  /** Invariant: only a verified manifest that is newer than all before it comes here. */
  #take(signed: SignedManifest): void {
    const { manifest } = signed;
    const { authority, list } = manifest;
    this.#fetches.get(`${authority}/${list}`)?.abort();
    this.#expired.overtakenBy(manifest);
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
    this.#options.onWithdrawn?.(signed.manifest);
    // A long list takes seconds to delete, and matching waits for none of them.
    this.#track(this.#fetcher.collect());
  }

  #onKey({ topic, payload }: BrokerMessage): void {
    // An empty message is the centre tidying up; a key is given up when its list is.
    if (payload.length === 0) return;
    const [, , , , , authority = '', list = '', generation = ''] = topic.split('/');
    if (!this.#options.trust.knows(authority) || !/^[1-9]\d{0,14}$/.test(generation)) return;
    this.#track(
      this.#options.keys.receive({ authority, list, generation: Number(generation) }, payload).then((outcome) => {
        if (outcome !== 'taken' && outcome !== 'known') {
          this.#refusals.add({ authority, list, version: null, reason: outcome });
        }
      }),
    );
  }

  #startFetching(signed: SignedManifest): void {
    const { manifest } = signed;
    if (manifest.state !== 'active') return;
    const { authority, list, version } = manifest;
    if (this.#options.keys.takeEarly(manifest, manifest.keyCheck) === 'wrong-key')
      this.#refusals.add({ authority, list, version, reason: 'wrong-key' });
    const fetching = new AbortController();
    this.#fetches.set(`${authority}/${list}`, fetching);
    this.#track(this.#fetchAndSwitch(signed, manifest, fetching));
  }

  async #fetchAndSwitch(signed: SignedManifest, manifest: ActiveManifest, fetching: AbortController): Promise<void> {
    const { store, keys } = this.#options;
    const { authority, list, version } = manifest;
    const { signal } = fetching;
    try {
      for (const layer of layersOf(manifest)) await this.#fetcher.fetchLayer(manifest, layer, signal);
      await keys.waitFor(manifest, manifest.keyCheck, signal);
      signal.throwIfAborted();
      await this.#fetcher.switchTo(signed, manifest);
      this.#log.event('info', 'list/applied', { authority, list, version, entries: manifest.entries });
      this.#options.onApplied?.(manifest);
      await this.#fetcher.collect();
    } catch (error) {
      if (signal.aborted) {
        // What was under way when a list was revoked may have been written after it was deleted.
        if (!this.#stopping) await this.#fetcher.collect();
        return;
      }
      if (!(error instanceof Fault) || !contentFaults.has(error.code)) throw error;
      // One bad chunk ends the other requests too: the version is given up as a whole.
      fetching.abort();
      store.dropPending(authority, list);
      this.#refusals.add({ authority, list, version, reason: 'bad-content' });
    }
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

const contentFaults = new Set(['list/bad-chunk', 'list/bad-index']);

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
