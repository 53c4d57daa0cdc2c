import { EventEmitter } from 'node:events';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { waitPatiently } from './patient-keepalive.ts';

const keepaliveMs = 1_000;

class FakeClient extends EventEmitter {
  putOff = 0;
  reschedulePing(): void {
    this.putOff += 1;
  }
}

let client: FakeClient;
let mayWait: boolean;
let leave: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  client = new FakeClient();
  mayWait = true;
  leave = waitPatiently(client as unknown as MqttClient, keepaliveMs, () => mayWait);
});
afterEach(() => {
  leave();
  vi.useRealTimers();
});

const ask = (): unknown => client.emit('packetsend', { cmd: 'pingreq' });
const answer = (): unknown => client.emit('packetreceive', { cmd: 'pingresp' });

it('puts off a ping that waits for its answer while there are other signs of life, and not without them', () => {
  ask();
  vi.advanceTimersByTime(keepaliveMs);
  expect(client.putOff).toBe(1);
  ask();
  mayWait = false;
  vi.advanceTimersByTime(keepaliveMs);
  expect(client.putOff).toBe(1);
});

it('puts off no ping that was not asked since the last one was answered: a broker cuts who says nothing for so long', () => {
  ask();
  answer();
  vi.advanceTimersByTime(keepaliveMs);
  expect(client.putOff).toBe(0);
});
