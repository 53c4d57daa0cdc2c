/** What a key press means to whoever owns the line; everything else stays inside the editor. */
export type EditorEvent =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'complete' }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'end' };

const longestLine = 200;
const longestHistory = 50;
/** Terminals on a serial line cannot tell their width; this is what every one of them has. */
const columns = 80;

/**
 * A line edited in a terminal, fed byte by byte: echo, cursor keys, history.
 *
 * Invariant: memory is bounded whatever arrives. A line never grows beyond 200 characters, escape sequences are not
 * kept, and bytes that are no key are dropped, so that noise on the wire costs nothing but itself.
 */
export class LineEditor {
  readonly #prompt: string;
  readonly #history: string[] = [];
  #text = '';
  #cursor = 0;
  #historyAt = 0;
  #draft = '';
  #escape: 'none' | 'escape' | 'sequence' = 'none';
  #sequence = '';
  #lastWasReturn = false;
  #output = '';
  #rang = false;

  constructor(prompt: string) {
    this.#prompt = prompt;
  }

  /** What the terminal must be sent since the last call. */
  takeOutput(): string {
    const output = this.#output;
    this.#output = '';
    this.#rang = false;
    return output;
  }

  get outputLength(): number {
    return this.#output.length;
  }

  showPrompt(): void {
    this.#output += `${this.#prompt}${this.#text}`;
  }

  /** One byte from the terminal. */
  feed(byte: number): EditorEvent | null {
    const afterReturn = this.#lastWasReturn;
    this.#lastWasReturn = byte === 0x0d;
    if (this.#escape !== 'none') return this.#feedEscape(byte);
    if (byte >= 0x20 && byte < 0x7f) return this.#insert(String.fromCharCode(byte));
    switch (byte) {
      case 0x0d:
        return this.#enter();
      case 0x0a:
        return afterReturn ? null : this.#enter();
      case 0x09:
        return { kind: 'complete' };
      case 0x03:
        this.#output += '^C\r\n';
        this.#reset();
        return { kind: 'interrupt' };
      case 0x04:
        return this.#text === '' ? { kind: 'end' } : this.#delete(this.#cursor);
      case 0x08:
      case 0x7f:
        return this.#cursor > 0 ? this.#delete(this.#cursor - 1) : this.#ring();
      case 0x15:
        return this.#replace(this.#text.slice(this.#cursor), 0);
      case 0x0b:
        return this.#replace(this.#text.slice(0, this.#cursor), this.#cursor);
      case 0x17:
        return this.#deleteWord();
      case 0x01:
        return this.#moveTo(0);
      case 0x05:
        return this.#moveTo(this.#text.length);
      case 0x0c:
        return this.#redraw();
      case 0x1b:
        this.#escape = 'escape';
        return null;
      default:
        return null;
    }
  }

  /** Puts a completion in the place of what stands before the cursor. */
  completeTo(before: string): void {
    const after = this.#text.slice(this.#cursor);
    this.#replace((before + after).slice(0, longestLine), Math.min(before.length, longestLine));
  }

  get beforeCursor(): string {
    return this.#text.slice(0, this.#cursor);
  }

  #feedEscape(byte: number): null {
    if (this.#escape === 'escape') {
      this.#escape = byte === 0x5b || byte === 0x4f ? 'sequence' : 'none';
      this.#sequence = '';
      return null;
    }
    if (byte >= 0x40 && byte < 0x7f) {
      this.#escape = 'none';
      return this.#key(this.#sequence + String.fromCharCode(byte));
    }
    this.#sequence += String.fromCharCode(byte);
    // Longer than any key's sequence, or no part of one: noise that began with an escape.
    if (this.#sequence.length > 8 || byte < 0x20 || byte > 0x7e) this.#escape = 'none';
    return null;
  }

  #key(sequence: string): null {
    if (sequence === 'A') return this.#recall(this.#historyAt - 1);
    if (sequence === 'B') return this.#recall(this.#historyAt + 1);
    if (sequence === 'C') return this.#moveTo(this.#cursor + 1);
    if (sequence === 'D') return this.#moveTo(this.#cursor - 1);
    if (sequence === 'H' || sequence === '1~') return this.#moveTo(0);
    if (sequence === 'F' || sequence === '4~') return this.#moveTo(this.#text.length);
    return sequence === '3~' ? this.#delete(this.#cursor) : null;
  }

  #insert(character: string): null {
    if (this.#text.length >= longestLine) return this.#ring();
    const atEnd = this.#cursor === this.#text.length && this.#prompt.length + this.#text.length < columns - 2;
    this.#text = this.#text.slice(0, this.#cursor) + character + this.#text.slice(this.#cursor);
    this.#cursor += 1;
    if (!atEnd) return this.#redraw();
    this.#output += character;
    return null;
  }

  #delete(at: number): null {
    if (at >= this.#text.length) return this.#ring();
    return this.#replace(this.#text.slice(0, at) + this.#text.slice(at + 1), at);
  }

  #deleteWord(): null {
    const kept = this.beforeCursor.replace(/\S*\s*$/, '');
    return this.#replace(kept + this.#text.slice(this.#cursor), kept.length);
  }

  #moveTo(position: number): null {
    this.#cursor = Math.max(0, Math.min(position, this.#text.length));
    return this.#redraw();
  }

  #recall(position: number): null {
    if (position < 0 || position > this.#history.length) return this.#ring();
    if (this.#historyAt === this.#history.length) this.#draft = this.#text;
    this.#historyAt = position;
    const text = this.#history[position] ?? this.#draft;
    return this.#replace(text, text.length);
  }

  #replace(text: string, cursor: number): null {
    this.#text = text;
    this.#cursor = cursor;
    return this.#redraw();
  }

  #enter(): EditorEvent {
    const text = this.#text.trim();
    this.#output += '\r\n';
    if (text !== '' && text !== this.#history.at(-1)) this.#history.push(text);
    if (this.#history.length > longestHistory) this.#history.shift();
    this.#reset();
    return { kind: 'line', text };
  }

  #reset(): void {
    this.#text = '';
    this.#cursor = 0;
    this.#draft = '';
    this.#historyAt = this.#history.length;
  }

  /** One bell for as many refused keys as arrive together: a flood must not be answered in kind. */
  #ring(): null {
    if (!this.#rang) this.#output += '\x07';
    this.#rang = true;
    return null;
  }

  /** A line wider than the terminal is shown as the part around the cursor, since wrapped lines cannot be redrawn. */
  #redraw(): null {
    const room = Math.max(10, columns - this.#prompt.length - 1);
    const start = Math.max(0, this.#cursor - room);
    const visible = this.#text.slice(start, start + room);
    const back = visible.length - (this.#cursor - start);
    this.#output += `\r${this.#prompt}${visible}\x1b[K${back > 0 ? `\x1b[${back}D` : ''}`;
    return null;
  }
}
