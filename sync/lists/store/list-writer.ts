import { Fault } from '../../../config/foundation/fault.ts';
import { pause } from '../../../config/foundation/pause.ts';
import { checkChunk } from '../chunk.ts';
import { decodeIndex } from '../chunk-index.ts';
import { parseManifest } from '../manifest.ts';
import type { LayerName } from './layer-store.ts';
import type { ListStore } from './list-store.ts';
import type { StoredLayer } from './stored-layer.ts';

export interface FetchedChunk {
  readonly sha256: Uint8Array;
  readonly bytes: Uint8Array;
  readonly prefixBits: number;
  readonly ordinal: number;
  readonly removals: boolean;
  /** As the index says. */
  readonly records: number;
}

/**
 * Brings what was fetched into the store. Calls are carried out one after another in the order in which they are made, but for `collect`,
 * which is only begun in its turn; each promise settles when its call is done. Content that breaks the format rejects with
 * `list/bad-index` or `list/bad-chunk`.
 */
export interface ListWriter {
  stageLayer(layer: LayerName, index: Uint8Array): Promise<void>;
  /** Rejects with `list/bad-chunk` too when the chunk has not as many records as its index says. */
  addChunk(chunk: FetchedChunk): Promise<void>;
  /** Makes a layer ready whose chunks are all here, and reads what matching keeps in memory of it. */
  finishLayer(layer: LayerName): Promise<StoredLayer>;
  /** See ListStore.switchTo. */
  switchTo(signedManifest: Uint8Array): Promise<void>;
  /** Deletes what no version needs when its turn comes, little by little, with other calls between. */
  collect(): Promise<void>;
  /** Lets go of what the writer holds; a call after that takes it again. */
  close(): Promise<void>;
}
export type WriterCall = Exclude<keyof ListWriter, 'close'>;

const leastRestMs = 5;

/** Writes on the caller's own thread, one short transaction a turn. */
export class DirectListWriter implements ListWriter {
  readonly #store: ListStore;
  #last: Promise<unknown> = Promise.resolve();
  #collected: Promise<unknown> = Promise.resolve();

  constructor(store: ListStore) {
    this.#store = store;
  }

  stageLayer(layer: LayerName, index: Uint8Array): Promise<void> {
    return this.#inTurn(() => this.#store.layers.stage(layer, decodeIndex(index)));
  }

  addChunk({ sha256, bytes, prefixBits, ordinal, removals, records }: FetchedChunk): Promise<void> {
    return this.#inTurn(() => {
      const chunk = checkChunk(bytes, { prefixBits, ordinal, removals });
      if (chunk.starts.length !== records) throw wrongRecords();
      this.#store.layers.addChunk(sha256, prefixBits, chunk);
    });
  }

  finishLayer(layer: LayerName): Promise<StoredLayer> {
    return this.#inTurn(async () => {
      const finishing = this.#store.layers.finish(layer);
      for (;;) {
        const { done, value } = finishing.next();
        if (done) return value;
        await nextTurn();
      }
    });
  }

  switchTo(signedManifest: Uint8Array): Promise<void> {
    return this.#inTurn(() => this.#store.switchTo(parseManifest(Buffer.from(signedManifest))));
  }

  /**
   * Other calls may come between its steps, because a step deletes only chunks that no layer names just then: from when it is staged, a
   * layer names all its chunks, and those that were deleted before are among the missing ones. Which layers go is decided once, in this call's turn:
   * what a later switch replaces somebody may still match, so it stays for the next collection.
   */
  collect(): Promise<void> {
    const before = this.#collected;
    const done = this.#restingAfter(() => this.#store.collectLayers()).then(async () => {
      // The steps of two collections would take place in each other's rests.
      await before;
      while (await this.#restingAfter(() => this.#store.collectSomeChunks()));
    });
    // Without its outcome, in which those of all collections before would be kept.
    this.#collected = Promise.allSettled([before, done]).then(() => undefined);
    return done;
  }

  async close(): Promise<void> {
    await this.#collected;
    await this.#last;
  }

  /**
   * A step in its turn, and then a rest as long as it took. Another connection waits for the lock by asking for it now and then, while its
   * thread does nothing else; were the lock free for a mere moment between two steps, it would ask in vain until it gives up.
   */
  async #restingAfter<T>(step: () => T): Promise<T> {
    let tookMs = 0;
    const result = await this.#inTurn(() => {
      const begunMs = performance.now();
      const value = step();
      tookMs = performance.now() - begunMs;
      return value;
    });
    await pause(Math.max(leastRestMs, tookMs));
    return result;
  }

  #inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    // Whoever made the call hears of its failure; the next call is another matter.
    this.#last = done.catch(() => undefined);
    return done;
  }
}

function wrongRecords(): Fault {
  return new Fault('list/bad-chunk', 'not the records that the index names');
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
