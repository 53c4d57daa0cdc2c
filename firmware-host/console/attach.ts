import { connect, type Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { Fault } from '../../config/foundation/fault.ts';
import { noPlaceMark, noPlaceWords } from './turn-away.ts';

export interface AttachedTerminal {
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly output: Writable;
}

/** Ctrl-], as in telnet: everything else belongs to the console. */
const leave = 0x1d;
/** A node that is well hangs up at once; one that is stuck never does. */
const hangUpMs = 1_000;

type Heard = 'nothing' | 'no place' | 'enough';

/**
 * Joins a terminal to the console of the node behind this socket, until either side leaves. Throws `console/no-place` when the
 * console has no place left, and `console/silent` when it hangs up without having said anything.
 */
export async function attach(socketPath: string, terminal: AttachedTerminal): Promise<void> {
  const { input } = terminal;
  const socket = connect(socketPath);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (cause) => reject(unreachable(socketPath, cause)));
  });
  if (input.isTTY) input.setRawMode?.(true);
  try {
    const heard = await converse(socket, terminal);
    if (heard === 'no place') throw new Fault('console/no-place', noPlaceWords);
    if (heard === 'nothing')
      throw new Fault('console/silent', `the node behind ${socketPath} hung up without a word: see its log, try again`);
  } finally {
    if (input.isTTY) input.setRawMode?.(false);
    input.pause();
  }
}

/** Carries keys and answers to and fro until the line is closed, and tells what was heard from the console. */
async function converse(socket: Socket, { input, output }: AttachedTerminal): Promise<Heard> {
  const call: { heard: Heard } = { heard: 'nothing' };
  const onKeys = (keys: Buffer): void => {
    const at = keys.indexOf(leave);
    if (at < 0) {
      socket.write(keys);
      return;
    }
    input.off('data', onKeys);
    // Whoever leaves has no more to hear.
    call.heard = 'enough';
    socket.end(keys.subarray(0, at));
    setTimeout(() => socket.destroy(), hangUpMs).unref();
  };
  const onEnd = (): void => void socket.end();
  socket.on('data', (bytes: Buffer) => {
    if (call.heard === 'nothing') call.heard = bytes[0] === noPlaceMark ? 'no place' : 'enough';
    if (call.heard === 'enough') output.write(bytes);
  });
  input.on('data', onKeys);
  input.once('end', onEnd);
  try {
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      // A console that breaks off has ended, no more.
      socket.on('error', () => resolve());
    });
    return call.heard;
  } finally {
    input.off('data', onKeys);
    input.off('end', onEnd);
  }
}

function unreachable(socketPath: string, cause: NodeJS.ErrnoException): Fault {
  if (cause.code === 'EACCES')
    return new Fault('console/not-allowed', `${socketPath} may not be opened; run this as the node's user or group`, {
      cause,
    });
  return new Fault('console/not-running', `no node answers on ${socketPath}; is it running?`, { cause });
}
