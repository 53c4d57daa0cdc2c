import type { ConsoleCommand } from './console-command.ts';
import type { Diagnostics } from './diagnostics.ts';
import { LineEditor } from './line-editor.ts';
import { printable } from './printable.ts';

export interface ShellOptions {
  readonly node: Diagnostics;
  readonly commands: readonly ConsoleCommand[];
  /** Lines of the terminal; 24 unless told. */
  readonly rows?: number;
}

const largestEcho = 8192;
const more = '-- more: space for a page, enter for a line, q to stop --';

/**
 * One technician's sitting at a terminal, without the wire: bytes in, text out. It holds no more than one edited line,
 * a short history and the rest of one answer, whatever arrives.
 */
export class ShellSession {
  readonly #options: ShellOptions;
  readonly #editor: LineEditor;
  readonly #page: number;
  #answer = '';
  #waiting: readonly string[] = [];
  #ended = false;

  constructor(options: ShellOptions) {
    this.#options = options;
    this.#page = (options.rows ?? 24) - 1;
    this.#editor = new LineEditor(`${printable(options.node.facts().nodeId)}> `);
  }

  /** True after `exit` or Ctrl-D: whoever holds the wire closes it. */
  get ended(): boolean {
    return this.#ended;
  }

  greeting(): string {
    const { nodeId, site, version } = this.#options.node.facts();
    this.#editor.showPrompt();
    return `\r\n${printable(`Hazeldonk ${version}, node ${nodeId}, ${site}`)}\r\nType help for what can be asked.\r\n${this.#editor.takeOutput()}`;
  }

  /**
   * Takes what arrived and yields what to answer, in pieces: at least one after each command, so that the wire's own
   * pace (and not the sender's) decides how many commands run.
   */
  *feed(bytes: Uint8Array): Generator<string> {
    for (const byte of bytes) {
      if (this.#ended) return;
      if (this.#waiting.length > 0) this.#pagerKey(byte);
      else this.#key(byte);
      if (this.#answer !== '' || this.#editor.outputLength > largestEcho) yield this.#takeAnswer();
    }
    yield this.#takeAnswer();
  }

  #takeAnswer(): string {
    const answer = this.#answer + this.#editor.takeOutput();
    this.#answer = '';
    return answer;
  }

  #key(byte: number): void {
    const event = this.#editor.feed(byte);
    if (event === null) return;
    this.#answer += this.#editor.takeOutput();
    if (event.kind === 'complete') this.#complete();
    else if (event.kind === 'end') this.#ended = true;
    else if (event.kind === 'line') this.#show(this.#execute(event.text), this.#page);
    else this.#prompt();
  }

  #execute(line: string): readonly string[] {
    const [name = '', ...words] = line.split(/\s+/);
    if (name === '') return [];
    if (name === 'exit') {
      this.#ended = true;
      return ['Goodbye.'];
    }
    const command = this.#options.commands.find((one) => one.name === name);
    if (command === undefined) return [`There is no ${name}. Type help for what can be asked.`];
    try {
      return command.run(words, this.#options.node);
    } catch (error) {
      // A command that fails must not end the technician's only window into the box.
      return [`${name} failed: ${error instanceof Error ? error.message : String(error)}`];
    }
  }

  #show(lines: readonly string[], count: number): void {
    for (const line of lines.slice(0, count)) this.#answer += `${printable(line)}\r\n`;
    this.#waiting = lines.slice(count);
    if (this.#waiting.length > 0) this.#answer += more;
    else this.#prompt();
  }

  #pagerKey(byte: number): void {
    const count = { 32: this.#page, 13: 1, 113: 0, 3: 0, 4: 0 }[byte];
    if (count === undefined) return;
    this.#answer += `\r${' '.repeat(more.length)}\r`;
    this.#show(count === 0 ? [] : this.#waiting, count);
  }

  #prompt(): void {
    if (!this.#ended) this.#editor.showPrompt();
  }

  /** Completes as far as all candidates agree; shows them where they do not. */
  #complete(): void {
    const before = this.#editor.beforeCursor;
    const words = before.trimStart().split(/\s+/);
    const last = words.at(-1) ?? '';
    const candidates = this.#candidates(words).filter((one) => one.startsWith(last));
    if (candidates.length === 0) return;
    const common = candidates.reduce(commonStart);
    const rest = candidates.length === 1 ? `${common} ` : common;
    if (rest.length > last.length) {
      this.#editor.completeTo(before.slice(0, before.length - last.length) + rest);
      return;
    }
    this.#answer += `\r\n${printable(candidates.join('  '))}\r\n`;
    this.#editor.completeTo(before);
  }

  #candidates(words: readonly string[]): readonly string[] {
    const { commands, node } = this.#options;
    if (words.length <= 1) return [...commands.map((command) => command.name), 'exit'].sort();
    return commands.find((command) => command.name === words[0])?.complete?.(words.slice(1), node) ?? [];
  }
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}
