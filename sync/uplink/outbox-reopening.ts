import type { Log } from '../../config/foundation/log.ts';
import type { ReserveFile } from '../database/reserve-file.ts';
import { onReadOnlyDisk } from '../database/takes-nothing.ts';
import { type OutboxFile, openOutboxFile } from './outbox-file.ts';

export interface OutboxReopeningOptions {
  readonly path: string;
  readonly reserve: ReserveFile;
  readonly reserveBytes?: number | undefined;
  readonly log?: Log | undefined;
}

/** Each try reads the whole file. */
const tryAgainMs = 30_000;

/** When an outbox's file that could not be written may be opened anew. */
export class OutboxReopening {
  readonly #options: OutboxReopeningOptions;
  #reserve: ReserveFile;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(options: OutboxReopeningOptions) {
    this.#options = options;
    this.#reserve = options.reserve;
  }

  /** Whether the disk looks as if it took something again. */
  get isDue(): boolean {
    if (performance.now() < this.#notBeforeMs || onReadOnlyDisk(this.#options.path)) return false;
    return this.#reserve.renew();
  }

  /** To be called while nothing else has the file open. */
  open(): OutboxFile {
    this.#notBeforeMs = performance.now() + tryAgainMs;
    const file = openOutboxFile(this.#options.path, this.#options);
    this.#reserve = file.reserve;
    return file;
  }
}
