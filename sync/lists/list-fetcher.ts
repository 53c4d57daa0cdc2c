import { type ActiveManifest, type LayerReference, layersOf, type SignedManifest } from './manifest.ts';
import type { BlobSource } from './retained-blobs.ts';
import type { LayerName, MissingChunk } from './store/layer-store.ts';
import type { ListStore } from './store/list-store.ts';
import type { ListWriter } from './store/list-writer.ts';
import type { StoredLayer } from './store/stored-layer.ts';

export interface ListFetcherOptions {
  readonly store: ListStore;
  readonly blobs: BlobSource;
  /** Writes into the database of `store`. */
  readonly writer: ListWriter;
  readonly requestsInFlight: number;
}

/** Brings the layers of a manifest into the store, chunk by chunk, and switches to it once all are there. */
export class ListFetcher {
  readonly #options: ListFetcherOptions;
  readonly #switches = new Set<Promise<void>>();

  constructor(options: ListFetcherOptions) {
    this.#options = options;
  }

  /** Everything is read before the switch, so that matching takes the new version over without waiting for the disk. */
  async switchTo(signed: SignedManifest, manifest: ActiveManifest): Promise<void> {
    const { store, writer } = this.#options;
    const { authority, list } = manifest;
    const held = store.list(authority, list)?.active ?? null;
    const known = new Set((held === null ? [] : layersOf(held)).map(({ index }) => index.sha256));
    const added = layersOf(manifest).filter(({ index }) => !known.has(index.sha256));
    const layers: [LayerName, StoredLayer][] = [];
    for (const { index } of added) {
      const layer = { authority, list, indexSha256: index.sha256 };
      layers.push([layer, await writer.finishLayer(layer)]);
    }
    const switching = writer.switchTo(signed.bytes).then(() => {
      for (const [name, layer] of layers) store.layers.handOver(name, layer);
    });
    // A writer that fails may have switched before it did.
    const takenOver = switching.finally(() => {
      store.changedElsewhere();
      this.#switches.delete(takenOver);
    });
    this.#switches.add(takenOver);
    await takenOver;
  }

  /**
   * Deletes what no version needs. Invariant: nothing is deleted between a switch and its being taken over here, because until then
   * the version before is what matches.
   */
  async collect(): Promise<void> {
    while (this.#switches.size > 0) await Promise.allSettled(this.#switches);
    await this.#options.writer.collect();
  }

  /** What was fetched before an interruption is in the store and is not asked for again. */
  async fetchLayer(manifest: ActiveManifest, layer: LayerReference, signal: AbortSignal): Promise<void> {
    const { store, blobs, writer } = this.#options;
    const { authority, list, mirrors } = manifest;
    const { sha256, bytes } = layer.index;
    const name = { authority, list, indexSha256: sha256 };
    if (!store.layers.has(name)) {
      const index = await blobs.fetch({ authority, list, sha256, bytes, mirrors }, signal);
      signal.throwIfAborted();
      await writer.stageLayer(name, index);
      signal.throwIfAborted();
    }
    const { prefixBits, chunks } = store.layers.missingChunks(name);
    const removals = layer !== manifest.snapshot;
    const fetchNext = async (): Promise<void> => {
      for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
        await this.#fetchChunk(manifest, { chunk, prefixBits, removals }, signal);
      }
    };
    await Promise.all(Array.from({ length: this.#options.requestsInFlight }, fetchNext));
  }

  async #fetchChunk(
    { authority, list, mirrors }: ActiveManifest,
    { chunk, prefixBits, removals }: { chunk: MissingChunk; prefixBits: number; removals: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const { blobs, writer } = this.#options;
    const blob = { authority, list, sha256: chunk.sha256.toString('hex'), bytes: chunk.bytes, mirrors };
    const bytes = await blobs.fetch(blob, signal);
    signal.throwIfAborted();
    const { sha256, ordinal, records } = chunk;
    await writer.addChunk({ sha256, bytes, prefixBits, ordinal, removals, records });
  }
}
