import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { takesNothing } from './takes-nothing.ts';

const chunkBytes = 64 * 1024;

/**
 * Room on the disk that is held for the moment when nothing else is left: even deleting needs some, for SQLite writes
 * what it deletes into its log first. Let go when the disk is full, taken again once there is room enough beside it.
 */
export class ReserveFile {
  readonly bytes: number;
  readonly #path: string;
  #held: boolean;

  constructor(path: string, bytes: number) {
    this.#path = path;
    this.bytes = bytes;
    this.#held = sizeOf(path) >= bytes;
  }

  get held(): boolean {
    return this.#held;
  }

  /** What the disk has left. */
  freeBytes(): number {
    const { bavail, bsize } = statfsSync(dirname(this.#path));
    return bavail * bsize;
  }

  /** Gives the room to whoever writes next; false when it was given before, or when the disk takes no change at all. */
  release(): boolean {
    const released = sizeOf(this.#path) > 0;
    if (!this.#remove()) return false;
    this.#held = false;
    return released;
  }

  /** Holds the room again, if the disk then still has as much free. */
  renew(): boolean {
    if (this.#held) return true;
    if (this.freeBytes() < 2 * this.bytes) return false;
    try {
      this.#fill();
      this.#held = true;
    } catch (error) {
      this.#remove();
      if (!takesNothing(error)) throw error;
    }
    return this.#held;
  }

  #remove(): boolean {
    try {
      rmSync(this.#path, { force: true });
      return true;
    } catch (error) {
      if (!takesNothing(error)) throw error;
      return false;
    }
  }

  /** With random bytes, because file systems that compress take no room for zeros. */
  #fill(): void {
    const file = openSync(this.#path, 'w', 0o600);
    try {
      for (let written = 0; written < this.bytes; ) {
        written += writeSync(file, randomBytes(Math.min(chunkBytes, this.bytes - written)));
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
