import type { ReadStream } from 'node:tty';
import { Fault } from '../../config/foundation/fault.ts';
import { longestPassword } from './password.ts';

/** What a password is typed on. */
export interface PasswordTerminal {
  readonly input: NodeJS.ReadStream | ReadStream;
  readonly output: { write(text: string): unknown };
}

/** Asks at a terminal without showing what is typed; otherwise takes the first line of what is piped in. Throws `users/...`. */
export async function readPassword(question: string, terminal: PasswordTerminal): Promise<string> {
  return terminal.input.isTTY ? typedLine(question, terminal) : firstLine(terminal.input);
}

async function firstLine(input: AsyncIterable<Buffer | string>): Promise<string> {
  let text = '';
  for await (const part of input) {
    text += String(part);
    if (text.includes('\n') || text.length > longestPassword * 4) break;
  }
  return text.split(/\r?\n/, 1)[0] ?? '';
}

async function typedLine(question: string, { input, output }: PasswordTerminal): Promise<string> {
  output.write(`${question}: `);
  input.setRawMode(true);
  input.setEncoding('utf8');
  input.resume();
  try {
    return await new Promise<string>((resolve, reject) => {
      let typed = '';
      input.on('data', function onData(keys: Buffer | string) {
        for (const key of String(keys)) {
          if (key === '\r' || key === '\n' || key === '\u0004') {
            input.off('data', onData);
            resolve(typed);
            return;
          }
          if (key === '\u0003') {
            input.off('data', onData);
            reject(new Fault('users/interrupted', 'nothing was changed'));
            return;
          }
          if (key === '\u007f' || key === '\b') typed = [...typed].slice(0, -1).join('');
          else if (key === '\u0015') typed = '';
          else if (key >= ' ' && typed.length <= longestPassword) typed += key;
        }
      });
    });
  } finally {
    input.setRawMode(false);
    input.pause();
    output.write('\n');
  }
}
