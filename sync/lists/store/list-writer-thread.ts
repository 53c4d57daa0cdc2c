import { Worker } from 'node:worker_threads';
import { Fault } from '../../../config/foundation/fault.ts';
import { mostChunkBytes } from '../chunk.ts';
import type { LayerName } from './layer-store.ts';
import type { FetchedChunk, ListWriter, WriterCall } from './list-writer.ts';
import type { StoredLayer } from './stored-layer.ts';

export interface ListWriterThreadOptions {
  /** The program of the thread (list-writer-worker.ts, built). */
  readonly file: string;
  /** The list database, which the thread opens for itself. */
  readonly database: string;
  /** After so long without a call the thread ends, and its memory is free again. */
  readonly idleMs?: number;
}

/** What the thread is asked, and what it answers. */
export interface WriterRequest {
  readonly id: number;
  readonly call: WriterCall;
  readonly args: readonly unknown[];
}
export type WriterAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: WriterFailure };
/** Errors lose their codes on the way between threads, so these are said apart. */
export interface WriterFailure {
  readonly isFault: boolean;
  readonly code: string;
  readonly message: string;
}

interface Call {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A ListWriter in a thread and a database connection of its own: checking chunks and waiting for the disk hold up no passage.
 * The thread is started by the first call.
 */
export class ListWriterThread implements ListWriter {
  readonly #options: ListWriterThreadOptions;
  readonly #calls = new Map<number, Call>();
  /** Shared memory for chunks on their way, used again and again: copies would wait for the collectors of two threads. */
  readonly #room: Uint8Array[] = [];
  #worker: Worker | null = null;
  #exit: Promise<void> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  #nextId = 0;

  constructor(options: ListWriterThreadOptions) {
    this.#options = options;
  }

  stageLayer(layer: LayerName, index: Uint8Array): Promise<void> {
    return this.#call('stageLayer', layer, index);
  }

  async addChunk(chunk: FetchedChunk): Promise<void> {
    const room = this.#room.pop() ?? new Uint8Array(new SharedArrayBuffer(mostChunkBytes));
    // A chunk that does not fit breaks the format, and the thread says so.
    const bytes = chunk.bytes.length > room.length ? chunk.bytes : room.subarray(0, chunk.bytes.length);
    if (bytes !== chunk.bytes) bytes.set(chunk.bytes);
    try {
      await this.#call<void>('addChunk', { ...chunk, bytes });
    } finally {
      this.#room.push(room);
    }
  }

  finishLayer(layer: LayerName): Promise<StoredLayer> {
    return this.#call('finishLayer', layer);
  }

  switchTo(signedManifest: Uint8Array): Promise<void> {
    return this.#call('switchTo', signedManifest);
  }

  collect(): Promise<void> {
    return this.#call('collect');
  }

  /** Waits for the calls under way, then ends the thread. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    if (worker === null) return;
    this.#worker = null;
    worker.postMessage('end');
    await this.#exit;
  }

  /** Resolves when the thread that runs now has ended. */
  async ended(): Promise<void> {
    await this.#exit;
  }

  #call<T>(call: WriterCall, ...args: readonly unknown[]): Promise<T> {
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    const id = this.#nextId++;
    const answer = new Promise<unknown>((resolve, reject) => this.#calls.set(id, { resolve, reject }));
    this.#worker.postMessage({ id, call, args } satisfies WriterRequest);
    return answer as Promise<T>;
  }

  #start(): Worker {
    const { file, database } = this.#options;
    const worker = new Worker(file, {
      workerData: { database },
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 },
    });
    this.#exit = new Promise((resolve) => worker.once('exit', () => resolve()));
    let failure: Error = new Error('the thread that writes lists ended');
    worker.on('message', (answer: WriterAnswer) => this.#settle(answer));
    worker.on('error', (error: Error) => {
      failure = error;
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = null;
      // At an orderly end no call is open any more; those of a thread started since then are not this one's.
      if (this.#worker === null) this.#rejectAll(failure);
    });
    return worker;
  }

  #settle(answer: WriterAnswer): void {
    const call = this.#calls.get(answer.id);
    this.#calls.delete(answer.id);
    if ('failure' in answer) call?.reject(errorOf(answer.failure));
    else call?.resolve(answer.result);
    if (this.#calls.size > 0 || this.#worker === null) return;
    this.#idle = setTimeout(() => void this.close(), this.#options.idleMs ?? 10_000);
    this.#idle.unref();
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#calls.values()) reject(error);
    this.#calls.clear();
  }
}

function errorOf({ isFault, code, message }: WriterFailure): Error {
  return isFault ? new Fault(code, message) : Object.assign(new Error(message), { code });
}
