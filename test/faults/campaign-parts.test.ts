import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Ledger } from './ledger.ts';
import { acknowledgement, MqttPackets } from './mqtt-packets.ts';
import { RunningTime, withinRunning } from './running-time.ts';

const publish = (qos: number, identifier: number, payload: Uint8Array): Buffer => {
  const head = Buffer.concat([
    Buffer.from([0, 3]),
    Buffer.from('a/b'),
    Buffer.from(qos > 0 ? [identifier >> 8, identifier & 0xff] : []),
  ]);
  const length: number[] = [];
  for (let left = head.byteLength + payload.byteLength; ; left = Math.floor(left / 128)) {
    length.push(left >= 128 ? (left % 128) | 0x80 : left);
    if (left < 128) break;
  }
  return Buffer.concat([Buffer.from([0x30 | (qos << 1), ...length]), head, payload]);
};

describe('the proxy’s view of MQTT', () => {
  it('finds every packet, however the stream is cut', () => {
    const packet = fc
      .tuple(
        fc.constantFrom(0, 1),
        fc.integer({ min: 1, max: 0xffff }),
        fc.constantFrom(0, 1, 120, 121, 122, 200, 16_375, 16_390),
      )
      .map(([qos, identifier, payload]) => publish(qos, identifier, Buffer.alloc(payload, 7)));
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 6 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 9_000 })),
        (sent, cuts) => {
          const stream = Buffer.concat(sent);
          const packets = new MqttPackets();
          const found: Buffer[] = [];
          for (let at = 0; at < stream.byteLength; ) {
            const step = cuts.next().value ?? 1;
            found.push(...packets.take(stream.subarray(at, at + step)));
            at += step;
          }
          expect(found.map((one) => one.toString('latin1'))).toEqual(sent.map((one) => one.toString('latin1')));
        },
      ),
    );
  });

  it('acknowledges what asks for it, under its own number', () => {
    expect(acknowledgement(publish(1, 0x1234, Buffer.alloc(300)))).toEqual(Buffer.from([0x40, 2, 0x12, 0x34]));
    expect(acknowledgement(publish(0, 0, Buffer.alloc(3)))).toBeNull();
    expect(acknowledgement(Buffer.from([0x40, 2, 0, 1]))).toBeNull();
  });
});

it('knows what a consumer was shown twice, and what the node only perhaps kept', () => {
  const ledger = new Ledger();
  const hit = { id: 'one', urgency: 1, timeMs: 0, digest: '', pictured: true };
  ledger.hearNode({ appending: hit });
  expect(ledger.get('one')?.state).toBe('perhaps');
  ledger.hearNode({ appended: 'one', stored: true, onDisk: false });
  expect(ledger.get('one')?.state).toBe('held');
  ledger.hearNode({ appended: 'one', stored: true, onDisk: true });
  expect(ledger.get('one')?.state).toBe('stored');
  for (const words of [{ hit: 'one' }, { picture: 'one/plate' }, { picture: 'one/scene' }]) ledger.hearCentre(words);
  expect(ledger.shownTwice()).toEqual([]);
  for (const words of [{ hit: 'one' }, { picture: 'one/scene' }]) ledger.hearCentre(words);
  expect(ledger.shownTwice()).toEqual(['one', 'one/scene']);
});

describe('a deadline of the campaign', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('ends when that much time has passed, and not before', async () => {
    const outcome = vi.fn();
    void withinRunning(new Promise(() => undefined), { ms: 60_000, late: 'late' }).then(outcome);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(outcome).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(outcome).toHaveBeenCalledExactlyOnceWith('late');
  });

  it('does not count an hour in which the campaign was stopped', async () => {
    let stoppedMs = 0;
    const time = new RunningTime(() => performance.now() + stoppedMs);
    let arrive: (what: string) => void = () => undefined;
    const outcome = vi.fn();
    const arriving = new Promise<string>((resolve) => {
      arrive = resolve;
    });
    void withinRunning(arriving, { ms: 60_000, late: 'late' }, time).then(outcome);
    await vi.advanceTimersByTimeAsync(30_000);
    stoppedMs = 3_600_000;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(outcome).not.toHaveBeenCalled();
    arrive('arrived');
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome).toHaveBeenCalledExactlyOnceWith('arrived');
    expect(vi.getTimerCount()).toBe(0);
  });
});
