import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, get } from 'node:https';
import { createSecureContext, rootCertificates } from 'node:tls';
import type { BlobReference, BlobSource } from './retained-blobs.ts';

export interface MirroredBlobsOptions {
  /** Where a blob comes from when no mirror has it. */
  readonly fallback: BlobSource;
  /** What a mirror gave was not the blob. */
  readonly onAltered?: (blob: BlobReference) => void;
  /** PEM file of a certificate authority that mirrors may be signed by, beside the system's. */
  readonly caFile?: string | undefined;
  /** A mirror that sends nothing for so long has failed. */
  readonly silenceMs?: number;
  /** One response may take so long, however it trickles. */
  readonly deadlineMs?: number;
  /** A mirror that failed is left alone for so long. */
  readonly restMs?: number;
  readonly now?: () => number;
}

/** A response in part: what came before the connection broke is not asked for again. */
interface Partial {
  readonly pieces: Buffer[];
  bytes: number;
}

const connections = 8;
/** Attempts at one blob of one mirror; each begins where the last one broke off. */
const mostAttempts = 4;

/**
 * Blobs from the HTTPS servers that a signed manifest names (`<mirror>/<sha256>`), and from the broker where these fail. A mirror
 * is believed in nothing: what it sends is bounded by the size and checked by the hash that the authority signed, and it may not
 * send the node elsewhere (redirects are not followed).
 */
export class MirroredBlobs implements BlobSource {
  readonly #options: MirroredBlobsOptions;
  #agent: Agent | null = null;
  readonly #restingUntil = new Map<string, number>();

  constructor(options: MirroredBlobsOptions) {
    this.#options = options;
  }

  async fetch(blob: BlobReference, signal: AbortSignal): Promise<Uint8Array> {
    for (const mirror of blob.mirrors ?? []) {
      if ((this.#restingUntil.get(mirror) ?? 0) > this.#now()) continue;
      const bytes = await this.#download(`${mirror.replace(/\/$/, '')}/${blob.sha256}`, blob, signal);
      signal.throwIfAborted();
      if (bytes !== null && createHash('sha256').update(bytes).digest('hex') === blob.sha256) return bytes;
      if (bytes !== null) this.#options.onAltered?.(blob);
      this.#rest(mirror);
    }
    return this.#options.fallback.fetch(blob, signal);
  }

  /** Lets the connections go. */
  close(): void {
    this.#agent?.destroy();
  }

  /** Null when the mirror does not give all of it. */
  async #download(url: string, blob: BlobReference, signal: AbortSignal): Promise<Buffer | null> {
    const partial: Partial = { pieces: [], bytes: 0 };
    this.#agent ??= agentTrusting(this.#options.caFile);
    for (let attempt = 0; attempt < mostAttempts && !signal.aborted; attempt += 1) {
      const before = partial.bytes;
      const outcome = await this.#oneResponse(url, blob.bytes, partial, signal);
      if (outcome === 'refused') return null;
      if (partial.bytes === blob.bytes) return Buffer.concat(partial.pieces);
      // Without progress, trying again helps nobody.
      if (partial.bytes === before) return null;
    }
    return null;
  }

  /** Resolves when the response has ended or broken off; `refused` when it cannot be continued. */
  #oneResponse(url: string, size: number, partial: Partial, signal: AbortSignal): Promise<'ended' | 'refused'> {
    return new Promise((resolve) => {
      const headers = {
        'accept-encoding': 'identity',
        ...(partial.bytes > 0 && { range: `bytes=${partial.bytes}-${size - 1}` }),
      };
      const request = get(url, {
        agent: this.#agent ?? undefined,
        signal,
        headers,
        timeout: this.#options.silenceMs ?? 20_000,
      });
      const deadline = setTimeout(() => request.destroy(), this.#options.deadlineMs ?? 600_000);
      request.on('timeout', () => request.destroy());
      request.on('error', () => resolve('ended'));
      request.on('close', () => clearTimeout(deadline));
      request.on('response', (response) => {
        if (!continues(response, size, partial)) {
          request.destroy();
          resolve('refused');
          return;
        }
        response.on('data', (piece: Buffer) => {
          partial.bytes += piece.length;
          partial.pieces.push(piece);
          if (partial.bytes <= size) return;
          request.destroy();
          resolve('refused');
        });
        response.on('error', () => resolve('ended'));
        response.on('close', () => resolve('ended'));
      });
    });
  }

  #rest(mirror: string): void {
    if (this.#restingUntil.size >= 256) this.#restingUntil.clear();
    this.#restingUntil.set(mirror, this.#now() + (this.#options.restMs ?? 300_000));
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

/** The system's authorities and one more. They are parsed once, not for each connection. */
function agentTrusting(caFile: string | undefined): Agent {
  const more = caFile === undefined ? null : readOrNull(caFile);
  const trusting = more === null ? {} : { secureContext: createSecureContext({ ca: [...rootCertificates, more] }) };
  return new Agent({ keepAlive: true, maxSockets: connections, timeout: 60_000, ...trusting });
}

/** A mirror that cannot be verified without the file is then refused, and the broker has the blobs too. */
function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Whether a response is the rest of what is there; a server without ranges begins again from the first byte. */
function continues({ statusCode, headers }: IncomingMessage, size: number, partial: Partial): boolean {
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') return false;
  if (statusCode === 206) return headers['content-range'] === `bytes ${partial.bytes}-${size - 1}/${size}`;
  if (statusCode !== 200) return false;
  partial.pieces.length = 0;
  partial.bytes = 0;
  return headers['content-length'] === undefined || headers['content-length'] === String(size);
}
