/** Bytes appended at the end and taken from the front, in one piece of memory that doubles as needed. */
export class GrowingBuffer {
  #memory = Buffer.allocUnsafeSlow(64 * 1024);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  append(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#memory.length) this.#makeRoom(bytes.length);
    this.#memory.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Position of the bytes at or after `from`, or -1. */
  indexOf(bytes: Uint8Array, from: number): number {
    return this.#memory.subarray(this.#start, this.#end).indexOf(bytes, from);
  }

  /** Removes and returns the first bytes, as a copy. */
  take(length: number): Uint8Array {
    const taken = Uint8Array.prototype.slice.call(this.#memory, this.#start, this.#start + length);
    this.skip(length);
    return taken;
  }

  skip(length: number): void {
    this.#start = Math.min(this.#end, this.#start + length);
    if (this.#start === this.#end) this.#start = this.#end = 0;
  }

  #makeRoom(more: number): void {
    const { length } = this;
    let size = this.#memory.length;
    while (size < length + more) size *= 2;
    const memory = size === this.#memory.length ? this.#memory : Buffer.allocUnsafeSlow(size);
    this.#memory.copy(memory, 0, this.#start, this.#end);
    this.#memory = memory;
    this.#start = 0;
    this.#end = length;
  }
}
