import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { pollForAll } from './hang-up-read.ts';

/** As serialport's poller: each wait replaces the one before. */
class ForgetfulPoller extends EventEmitter {
  polled = 0;
  poll(flags = 0): void {
    this.polled = flags;
  }
  override once(event: string, listener: (error: Error | null) => void): this {
    this.poll({ readable: 1, writable: 2, disconnect: 4 }[event]);
    return super.once(event, listener);
  }
}

test('a long answer does not stop in the middle because a key was waited for meanwhile', () => {
  const poller = new ForgetfulPoller();
  pollForAll({ fd: 3, poller });
  poller.once('writable', () => undefined);
  poller.once('readable', () => undefined);
  expect(poller.polled).toBe(1 | 2);
  poller.emit('writable', null);
  poller.once('readable', () => undefined);
  expect(poller.polled).toBe(1);
});
