import { isUtf8 } from 'node:buffer';
import type { EditorEvent } from './line-editor.ts';

/** More than the longest password takes in UTF-8; what is typed beyond it makes the password wrong in any case. */
const longestBytes = 1024;

/**
 * A password typed byte by byte: nothing of it is shown, nothing remembered.
 *
 * Invariant: memory is bounded whatever arrives, and `wipe` leaves nothing of it in here.
 */
export class PasswordEntry {
  readonly #bytes = Buffer.alloc(longestBytes);
  #length = 0;
  #first = true;
  #output = '';

  /** One byte from the terminal. */
  feed(byte: number): EditorEvent | null {
    const first = this.#first;
    this.#first = false;
    // The other half of the CR LF that ended the name.
    if (byte === 0x0a && first) return null;
    switch (byte) {
      case 0x0d:
      case 0x0a:
        this.#output += '\r\n';
        return { kind: 'line', text: this.#text() };
      case 0x03:
        this.#output += '^C\r\n';
        return { kind: 'interrupt' };
      case 0x04:
        return this.#length === 0 ? { kind: 'end' } : null;
      case 0x15:
        this.#length = 0;
        return null;
      case 0x08:
      case 0x7f:
        this.#deleteLast();
        return null;
      default:
        if (byte >= 0x20 && this.#length < longestBytes) this.#bytes[this.#length++] = byte;
        return null;
    }
  }

  takeOutput(): string {
    const output = this.#output;
    this.#output = '';
    return output;
  }

  get outputLength(): number {
    return this.#output.length;
  }

  wipe(): void {
    this.#bytes.fill(0);
    this.#length = 0;
  }

  /** Terminals send UTF-8, old ones Latin-1. */
  #text(): string {
    const typed = this.#bytes.subarray(0, this.#length);
    return typed.toString(isUtf8(typed) ? 'utf8' : 'latin1');
  }

  /** The last character, however many bytes it has. */
  #deleteLast(): void {
    do this.#length = Math.max(0, this.#length - 1);
    while (this.#length > 0 && ((this.#bytes[this.#length] ?? 0) & 0xc0) === 0x80);
  }
}
