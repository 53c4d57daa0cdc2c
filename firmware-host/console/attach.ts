import { connect } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { Fault } from '../../config/foundation/fault.ts';

export interface AttachedTerminal {
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly output: Writable;
}

/** Ctrl-], as in telnet: everything else belongs to the console. */
const leave = 0x1d;

/** Joins a terminal to the console of the node behind this socket, until either side leaves. */
export async function attach(socketPath: string, { input, output }: AttachedTerminal): Promise<void> {
  const socket = connect(socketPath);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (cause) => reject(unreachable(socketPath, cause)));
  });
  const onKeys = (keys: Buffer): void => {
    const at = keys.indexOf(leave);
    if (at < 0) socket.write(keys);
    else socket.end(keys.subarray(0, at));
  };
  const onEnd = (): void => void socket.end();
  if (input.isTTY) input.setRawMode?.(true);
  try {
    input.on('data', onKeys);
    input.once('end', onEnd);
    socket.on('data', (bytes: Buffer) => output.write(bytes));
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      // A console that breaks off has ended, no more.
      socket.on('error', () => resolve());
    });
  } finally {
    input.off('data', onKeys);
    input.off('end', onEnd);
    if (input.isTTY) input.setRawMode?.(false);
    input.pause();
  }
}

function unreachable(socketPath: string, cause: NodeJS.ErrnoException): Fault {
  if (cause.code === 'EACCES')
    return new Fault('console/not-allowed', `${socketPath} may not be opened; run this as the node's user or group`, {
      cause,
    });
  return new Fault('console/not-running', `no node answers on ${socketPath}; is it running?`, { cause });
}
