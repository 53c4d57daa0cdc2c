import { Fault } from '../../config/foundation/fault.ts';
import type { Log } from '../../config/foundation/log.ts';
import { userName } from '../../sync/log-in/user-file.ts';
import { span } from '../health/span.ts';
import type { ConsoleDoor } from './console-door.ts';
import { type EditorEvent, LineEditor } from './line-editor.ts';
import { PasswordEntry } from './password-entry.ts';
import type { Technician } from './technician.ts';
import type { Wire } from './wire.ts';

export interface DoorBell {
  readonly door: ConsoleDoor;
  readonly log: Log;
  /** Which line this is, for limits and the record. */
  readonly line: string;
  /** A name that nobody begins to type is waited for so long; null waits for ever. */
  readonly unattendedMs: number | null;
}

interface Editor {
  feed(byte: number): EditorEvent | null;
  takeOutput(): string;
  readonly outputLength: number;
}

/** Half a log-in is forgotten after so long. */
const patienceMs = 120_000;
const largestEcho = 8192;

/** Asks for name and password until they are somebody's; null when nobody attends any more. */
export async function askWho(wire: Wire, bell: DoorBell): Promise<Technician | null> {
  while (wire.attended) {
    wire.expectWithin(bell.unattendedMs);
    const name = await entry(wire, new LineEditor('name: '), 'name: ');
    if (name === null || name.kind === 'end') return null;
    if (name.kind !== 'line' || name.text === '') continue;
    // Noise is hardly ever a name: it must not use up the attempts of a whole line.
    if (!userName.safeParse(name.text).success) {
      await wire.write('That is no name of a user.\r\n');
      continue;
    }
    const typed = new PasswordEntry();
    const password = await entry(wire, typed, 'password: ');
    typed.wipe();
    if (password === null) return null;
    if (password.kind !== 'line') continue;
    const technician = await checked({ name: name.text, password: password.text }, bell);
    if (typeof technician !== 'string') return technician;
    // What was typed ahead may be the next try of a password, which must not be shown as a name.
    wire.discard();
    await wire.write(`${technician}\r\n`);
  }
  return null;
}

/** Somebody, or why nobody. */
async function checked(
  credentials: { readonly name: string; readonly password: string },
  { door, log, line }: DoorBell,
): Promise<Technician | string> {
  try {
    const outcome = await door.check(credentials, line);
    if ('user' in outcome) return outcome.user;
    if (outcome.refused === 'wait') return `Too many attempts. Try again in ${span(outcome.waitMs)}.`;
    return 'Log-in refused.';
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    log.event('error', 'console/users-unreadable', { line, code: error.code });
    return 'Nobody can log in: the file of users cannot be read. See anpr-node check.';
  }
}

/** One line as the editor takes it; null when nobody attends any more. What was read too far stays on the wire. */
async function entry(wire: Wire, editor: Editor, prompt: string): Promise<EditorEvent | null> {
  await wire.write(prompt);
  for (;;) {
    const bytes = await wire.read();
    if (bytes === null) return null;
    wire.expectWithin(patienceMs);
    for (const [index, byte] of bytes.entries()) {
      const event = editor.feed(byte);
      if (event !== null && event.kind !== 'complete') {
        wire.unread(bytes.subarray(index + 1));
        await wire.write(editor.takeOutput());
        return event;
      }
      if (editor.outputLength > largestEcho) await wire.write(editor.takeOutput());
    }
    await wire.write(editor.takeOutput());
  }
}
