import type { Log } from '../../config/foundation/log.ts';
import type { ChangingCommand, ConsoleCommand } from './console-command.ts';
import type { ConsoleDoor } from './console-door.ts';
import type { Controls } from './controls.ts';
import type { Diagnostics } from './diagnostics.ts';
import { LineEditor } from './line-editor.ts';
import { printable } from './printable.ts';
import { mayDo, type Technician } from './technician.ts';
import { wrapped } from './text-table.ts';

export interface ShellOptions {
  readonly node: Diagnostics;
  readonly controls: Controls;
  readonly commands: readonly ConsoleCommand[];
  readonly door: ConsoleDoor;
  readonly log: Log;
  /** Lines of the terminal; 24 unless told. */
  readonly rows?: number;
}

const largestEcho = 8192;
const more = '-- more: space for a page, enter for a line, q to stop --';

/** Who sits where; nobody in particular where nobody need log in. */
export interface Sitter {
  readonly technician: Technician | null;
  readonly line: string;
}

/**
 * One technician's sitting at a terminal, without the wire: bytes in, text out. It holds no more than one edited line,
 * a short history and the rest of one answer, whatever arrives.
 */
export class ShellSession {
  readonly #options: ShellOptions;
  readonly #sitter: Sitter;
  readonly #editor: LineEditor;
  readonly #page: number;
  #answer = '';
  #waiting: readonly string[] = [];
  #ended: 'exit' | 'account-changed' | null = null;
  #signs = 0;
  #working: Promise<void> | null = null;

  constructor(options: ShellOptions, sitter: Sitter) {
    this.#options = options;
    this.#sitter = sitter;
    this.#page = (options.rows ?? 24) - 1;
    this.#editor = new LineEditor(`${printable(options.node.facts().nodeId)}> `);
  }

  /** Why it is over: `exit` or Ctrl-D, or an account that is not as it was. Whoever holds the wire closes it. */
  get ended(): 'exit' | 'account-changed' | null {
    return this.#ended;
  }

  /** Commands given and pages turned: signs of somebody, which noise on the line is not. */
  get signs(): number {
    return this.#signs;
  }

  greeting(): string {
    const { nodeId, site, version } = this.#options.node.facts();
    const { technician } = this.#sitter;
    const who = technician === null ? '' : `Logged in as ${technician.name} (${technician.role}). `;
    this.#editor.showPrompt();
    return `\r\n${printable(`Hazeldonk ${version}, node ${nodeId}, ${site}`)}\r\n${who}Type help for what can be asked.\r\n${this.#editor.takeOutput()}`;
  }

  /**
   * Takes what arrived and yields what to answer, in pieces: at least one after each command, so that the wire's own
   * pace (and not the sender's) decides how many commands run. A piece that takes time is to be waited for.
   */
  *feed(bytes: Uint8Array): Generator<string | Promise<string>> {
    for (const byte of bytes) {
      if (this.#ended !== null) return;
      if (this.#waiting.length > 0) this.#pagerKey(byte);
      else this.#key(byte);
      if (this.#working !== null) yield this.#working.then(() => this.#takeAnswer());
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
    else if (event.kind === 'end') this.#ended = 'exit';
    else if (event.kind === 'line') this.#run(event.text);
    else this.#prompt();
  }

  #run(line: string): void {
    const answer = this.#execute(line);
    if (!(answer instanceof Promise)) {
      this.#show(answer, this.#page);
      return;
    }
    this.#working = answer.then((lines) => {
      this.#working = null;
      this.#show(lines, this.#page);
    });
  }

  #execute(line: string): readonly string[] | Promise<readonly string[]> {
    const { commands, door, node } = this.#options;
    const [name = '', ...words] = line.split(/\s+/);
    if (name === '') return [];
    if (name === 'exit') {
      this.#ended = 'exit';
      return ['Goodbye.'];
    }
    try {
      if (!door.isWelcome(this.#sitter.technician)) {
        this.#ended = 'account-changed';
        return ['Logged out: who may log in here was changed.'];
      }
      const command = commands.find((one) => one.name === name);
      if (command === undefined) return [`There is no ${name}. Type help for what can be asked.`];
      this.#signs += 1;
      if ('change' in command)
        return this.#refusal(command) ?? this.#change(command, words).catch((error) => failed(name, error));
      return command.run(words, node);
    } catch (error) {
      return failed(name, error);
    }
  }

  /** Why whoever sits here may not say this word; what is not his to do is written down when he tries. */
  #refusal({ name, needs }: ChangingCommand): readonly string[] | null {
    const { technician, line } = this.#sitter;
    if (technician === null)
      return wrapped(`${name} changes something: that needs a log-in, and this node has no file of users.`);
    if (mayDo(technician.role, needs)) return null;
    this.#options.log.event('warn', 'console/command-refused', { user: technician.name, line, command: name });
    return [`${name} is for an ${needs}, not for a ${technician.role}.`];
  }

  async #change(command: ChangingCommand, words: readonly string[]): Promise<readonly string[]> {
    const { node, controls, log } = this.#options;
    const { technician, line } = this.#sitter;
    const { lines, did } = await command.change(words, node, controls);
    if (did !== null) log.event('info', 'console/changed', { user: technician?.name ?? null, line, command: did });
    return lines.flatMap((text) => wrapped(text));
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
    this.#signs += 1;
    this.#answer += `\r${' '.repeat(more.length)}\r`;
    this.#show(count === 0 ? [] : this.#waiting, count);
  }

  #prompt(): void {
    if (this.#ended === null) this.#editor.showPrompt();
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

/** A command that fails must not end the technician's only window into the box. */
function failed(name: string, error: unknown): readonly string[] {
  return [`${name} failed: ${error instanceof Error ? error.message : String(error)}`];
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}
