import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { Fault } from '../../config/foundation/fault.ts';
import { whereOf } from '../../config/foundation/where-of.ts';
import { span } from '../health/span.ts';
import { askWho } from './ask-who.ts';
import { printable } from './printable.ts';
import { type ShellOptions, ShellSession, type Sitter } from './shell-session.ts';
import { Wire } from './wire.ts';

export interface LineShellOptions extends ShellOptions {
  /** Which line this is, for the record. */
  readonly line: string;
  /** Whoever does not begin to log in is waited for so long; null where he may come at any time. */
  readonly unattendedMs: number | null;
}

/** A line on which nobody reads must not keep somebody logged in. */
const farewellMs = 2_000;

/**
 * Runs a shell over a byte stream, from the log-in (where there is one) until the other side leaves, the technician ends
 * it or gives no sign for too long, or the signal aborts; tells whether the stream is still of use. A broken stream is an
 * ordinary end: serial cables are pulled. A failure of ours is written down and costs this sitting and nothing else.
 *
 * Invariant: nothing is read from the wire before the last answer has left, so a flood fills the sender's buffers and
 * not ours; and after each answer the rest of the node has its turn.
 */
export async function runShell(
  stream: Duplex,
  options: LineShellOptions,
  signal: AbortSignal,
): Promise<'gone' | 'ended'> {
  const wire = new Wire(stream, signal);
  try {
    if (!options.door.locked) return await sit(wire, options, { technician: null, line: options.line });
    const { nodeId, site } = options.node.facts();
    await wire.write(`\r\n${printable(`Hazeldonk, node ${nodeId}, ${site}`)}\r\n`);
    const technician = await askWho(wire, options);
    if (technician !== null) return await sit(wire, options, { technician, line: options.line });
    if (wire.expired && options.unattendedMs !== null) await farewell(wire, 'Hung up: nobody logged in.');
    return wire.finished ? 'gone' : 'ended';
  } catch (error) {
    const code = error instanceof Fault ? error.code : 'console/bug';
    options.log.event('error', 'console/broken-off', { line: options.line, code, where: whereOf(error) });
    return 'gone';
  } finally {
    wire.release();
  }
}

async function sit(wire: Wire, options: LineShellOptions, sitter: Sitter): Promise<'gone' | 'ended'> {
  const { door } = options;
  const idle = () => wire.expectWithin(sitter.technician === null ? null : door.idleMs);
  const session = new ShellSession(options, sitter);
  let signs = 0;
  idle();
  try {
    await wire.write(session.greeting());
    while (wire.attended && session.ended === null) {
      const bytes = await wire.read();
      if (bytes === null) break;
      for (const answer of session.feed(bytes)) {
        await wire.write(await answer);
        await setImmediate();
        if (!wire.attended) break;
        if (session.signs !== signs) idle();
        signs = session.signs;
      }
    }
    return session.ended !== null || !wire.finished ? 'ended' : 'gone';
  } finally {
    await seeOff(wire, session, { ...options, sitter });
  }
}

/** Writes down who left and why. */
async function seeOff(
  wire: Wire,
  { ended, signs }: ShellSession,
  { log, door, sitter }: LineShellOptions & { readonly sitter: Sitter },
): Promise<void> {
  if (sitter.technician === null) return;
  const why = ended ?? (wire.expired ? 'idle' : 'gone');
  log.event('info', 'console/logged-out', { user: sitter.technician.name, line: sitter.line, why, signs });
  if (why === 'idle') await farewell(wire, `Logged out: nothing was asked for ${span(door.idleMs)}.`);
}

/** A last word on a line that has expired. */
async function farewell(wire: Wire, words: string): Promise<void> {
  wire.expectWithin(farewellMs);
  await wire.write(`\r\n${words}\r\n`);
}
