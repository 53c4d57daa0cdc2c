import { read } from 'node:fs';
import { Fault } from '../../config/foundation/fault.ts';

/** What serialport's Unix bindings are made of; fd is null once the port is closed. */
export interface PolledDescriptor {
  readonly fd: number | null;
  readonly poller: {
    once(event: 'readable', listener: (error: Error | null) => void): unknown;
    listenerCount(event: string): number;
    poll(flags?: number): void;
  };
}

/** Whether this is such a binding; on Windows it is not. */
export function isPolledDescriptor<T extends object>(port: T): port is T & PolledDescriptor {
  return 'fd' in port && 'poller' in port;
}

/**
 * Reads what has arrived, waiting for it; a line that has hung up is a fault.
 *
 * serialport's own read takes the zero bytes of a hung-up line for "nothing yet" and asks again at once, for ever, until
 * memory ends and the process with it: https://github.com/serialport/bindings-cpp/issues/162
 */
export async function readOrHangUp(
  port: PolledDescriptor,
  buffer: Buffer,
  offset: number,
  length: number,
): Promise<number> {
  for (;;) {
    if (port.fd === null) throw closed();
    const bytes = await readOnce(port.fd, buffer, offset, length);
    if (bytes === 0) throw new Fault('console/serial-hung-up', 'the serial line hung up');
    if (bytes !== null) return bytes;
    // Closed meanwhile: the poller of a closed port must not be touched, it would take the process down.
    if (port.fd === null) throw closed();
    await new Promise<void>((resolve, reject) => {
      port.poller.once('readable', (error) => (error === null ? resolve() : reject(error)));
    });
  }
}

const pollFlags = { readable: 1, writable: 2, disconnect: 4 } as const;

/**
 * Lets a port wait for several events at once. serialport's poller forgets what it waited for when it is asked to wait for something
 * else, so that a long answer stops in the middle until the technician presses a key (uv_poll_start in bindings-cpp's poller.cpp
 * is given the new event alone).
 */
export function pollForAll({ poller }: PolledDescriptor): void {
  const poll = poller.poll.bind(poller);
  poller.poll = (flags = 0) => {
    let all = flags;
    for (const [event, flag] of Object.entries(pollFlags)) if (poller.listenerCount(event) > 0) all |= flag;
    poll(all);
  };
}

/** As serialport marks it, so that it takes the closing for what it is. */
function closed(): Error {
  return Object.assign(new Error('Port is not open'), { canceled: true });
}

/** null when nothing has arrived yet. */
function readOnce(fd: number, buffer: Buffer, offset: number, length: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, offset, length, null, (error, bytes) => {
      if (error === null) resolve(bytes);
      else if (error.code === 'EAGAIN' || error.code === 'EINTR') resolve(null);
      else reject(error);
    });
  });
}
