import { createHash } from 'node:crypto';
import type { BrokerLink } from '../broker/broker-link.ts';
import { topics } from '../broker/topics.ts';

export interface BlobReference {
  readonly authority: string;
  readonly list: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Further places that the signed manifest names. */
  readonly mirrors?: readonly string[];
}

/** Where content-addressed blobs come from; what it returns has the hash and the size asked for. */
export interface BlobSource {
  /** Waits as long as it takes; rejects only with the signal's reason. */
  fetch(blob: BlobReference, signal: AbortSignal): Promise<Uint8Array>;
}

export interface RetainedBlobsOptions {
  readonly link: BrokerLink;
  /** A message under the blob's topic was not the blob. */
  readonly onAltered?: (blob: BlobReference) => void;
  /** How long one subscription waits before it is made anew, in case the broker lost it. */
  readonly renewMs?: number;
}

/** Blobs as retained messages of the broker: subscribing to a blob's topic fetches it. */
export class RetainedBlobs implements BlobSource {
  readonly #options: RetainedBlobsOptions;

  constructor(options: RetainedBlobsOptions) {
    this.#options = options;
  }

  async fetch(blob: BlobReference, signal: AbortSignal): Promise<Uint8Array> {
    for (;;) {
      signal.throwIfAborted();
      const bytes = await this.#oneSubscription(blob, signal);
      if (bytes !== null) return bytes;
    }
  }

  #oneSubscription(blob: BlobReference, signal: AbortSignal): Promise<Uint8Array | null> {
    return new Promise((resolve) => {
      const finish = (bytes: Uint8Array | null): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        unsubscribe();
        resolve(bytes);
      };
      const giveUp = (): void => finish(null);
      const timer = setTimeout(giveUp, this.#options.renewMs ?? 30_000);
      signal.addEventListener('abort', giveUp, { once: true });
      const topic = topics.listBlob(blob.authority, blob.list, blob.sha256);
      const unsubscribe = this.#options.link.subscribe(topic, ({ payload }) => {
        if (payload.length === 0) return;
        if (isBlob(payload, blob)) finish(payload);
        else this.#options.onAltered?.(blob);
      });
    });
  }
}

function isBlob(payload: Uint8Array, blob: BlobReference): boolean {
  return payload.length === blob.bytes && createHash('sha256').update(payload).digest('hex') === blob.sha256;
}
