import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { MemoryBroker } from '../broker/memory-link.ts';
import { topics } from '../broker/topics.ts';
import { listWorld, place, startMs, TestAuthority, TestNode } from './list-world.fixture.ts';
import { type ActiveManifest, signManifest } from './manifest.ts';
import { BlackLists } from './matching/matcher.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const retain = { qos: 1, retain: true, deadlineMs: 1000 } as const;
const rows = ['12-ABC-3,NL,struck off', '34-ABC-5,NL,stays'];

const halfAMinuteLater = () => vi.advanceTimersByTime(30_000);

/** A node that matches version 1 and then is ten days ahead of its time; what it is told of meanwhile it finds too old. */
async function nodeAhead() {
  const broker = new MemoryBroker();
  const authority = new TestAuthority();
  const clock = { nowMs: startMs };
  const now = () => clock.nowMs;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const node = (await TestNode.open({ link: broker.link(), authorities: [authority], now })).start();
  const publish = async () => {
    await authority.publish(broker.link(), [node.key.publicKey]);
    return authority.folder.builtManifest() as ActiveManifest;
  };
  await authority.build(rows);
  await publish();
  await node.until(() => node.applied.length === 1);
  clock.nowMs += 10 * dayMs;
  await authority.build(rows.slice(1));
  const second = await publish();
  await node.until(() => node.refusals.length === 1);
  expect(node.refusals[0]).toMatchObject({ reason: 'expired', version: 2 });
  const send = (manifest: ActiveManifest) =>
    broker
      .link()
      .publish(topics.listManifest('NL', 'stolen'), signManifest(manifest, authority.signingKey).bytes, retain);
  return { node, clock, second, send };
}

describe('a node whose clock was ahead', () => {
  it('takes a version that it found too old once its clock is right, without a reconnect, and counts it refused once', async () => {
    const { node, clock } = await nodeAhead();
    halfAMinuteLater();
    expect(node.refusals).toHaveLength(1);
    clock.nowMs = startMs;
    halfAMinuteLater();
    await node.until(() => node.applied.length === 2);
    expect(node.matching('12ABC3')).toEqual([]);
    expect(node.matching('34ABC5')[0]?.list.version).toBe(2);
    expect(node.refusals).toHaveLength(1);
  });

  it('takes the newest of those that it found too old, whichever came last', async () => {
    const { node, clock, second, send } = await nodeAhead();
    await send({ ...second, version: 3, predecessor: null });
    await send(second);
    await node.until(() => node.refusals.length === 3);
    clock.nowMs = startMs;
    halfAMinuteLater();
    await node.until(() => node.applied.length === 2);
    expect(node.applied[1]?.version).toBe(3);
  });

  it('says nothing more of a version that it found too old when it has taken a newer one', async () => {
    const { node, clock, second, send } = await nodeAhead();
    const validUntil = new Date(startMs + 20 * dayMs).toISOString();
    await send({ ...second, version: 3, predecessor: null, validUntil });
    await node.until(() => node.applied.length === 2);
    clock.nowMs = startMs;
    halfAMinuteLater();
    expect(node.refusals).toHaveLength(1);
    expect(node.matching('34ABC5')[0]?.list.version).toBe(3);
  });
});

describe('a list past its validity', () => {
  const weekMs = 7 * dayMs;

  /** A list that is valid for a week, asked by a clock that may be kept, and by how much time has passed. */
  async function listOfAWeek() {
    const { authority, node, centre } = await listWorld();
    await authority.build(rows);
    await authority.publish(centre, [node.key.publicKey]);
    await node.until(() => node.applied.length === 1);
    const time = { isKept: false, passedMs: 0 };
    const said: unknown[] = [];
    const { store, keys } = node;
    const lists = new BlackLists({
      store,
      keys,
      node: place,
      clockIsKept: () => time.isKept,
      monotonicMs: () => 1_000 + time.passedMs,
      log: { event: (level, event, fields) => said.push([level, event, fields]) },
    });
    const reading = { spellings: [{ text: '34ABC5', probability: 1 }], countries: [{ country: 'NL', probability: 1 }] };
    const matches = (nowMs: number) => {
      const found = lists.match(reading, nowMs).length;
      expect(lists.lists(nowMs)[0]?.validity).toBe(found === 1 ? 'valid' : 'expired');
      return found === 1;
    };
    return { time, matches, said };
  }

  it('does not come back when a clock that was kept is set back', async () => {
    const { time, matches } = await listOfAWeek();
    time.isKept = true;
    expect(matches(startMs)).toBe(true);
    time.passedMs = weekMs;
    expect(matches(startMs + weekMs)).toBe(false);
    expect(matches(startMs + 1)).toBe(false);
    time.isKept = false;
    expect(matches(0)).toBe(false);
  });

  it('ends in time by a clock that was set back before', async () => {
    const { time, matches } = await listOfAWeek();
    time.isKept = true;
    expect(matches(startMs)).toBe(true);
    time.passedMs = weekMs - 1;
    expect(matches(startMs)).toBe(true);
    time.passedMs = weekMs;
    expect(matches(startMs)).toBe(false);
  });

  it('comes back where the clock was ahead, at the start or later, and is right again', async () => {
    const { time, matches } = await listOfAWeek();
    expect(matches(startMs + 10 * dayMs)).toBe(false);
    expect(matches(startMs)).toBe(true);
    time.isKept = true;
    expect(matches(startMs)).toBe(true);
    expect(matches(startMs + 3650 * dayMs)).toBe(false);
    time.passedMs = dayMs;
    expect(matches(startMs + dayMs)).toBe(true);
  });

  it('comes back where the clock that a server first kept was a year ahead, once one has kept it right for a day; the log says why', async () => {
    const { time, matches, said } = await listOfAWeek();
    time.isKept = true;
    expect(matches(startMs + 365 * dayMs)).toBe(false);
    expect(said).toEqual([]);
    const lookAt = (passedMs: number) => {
      time.passedMs = passedMs;
      return matches(startMs + passedMs);
    };
    expect(lookAt(hourMs)).toBe(false);
    expect(lookAt(25 * hourMs - 1)).toBe(false);
    const believed = new Date(startMs + 365 * dayMs + hourMs).toISOString();
    const fields = { seconds: (365 * dayMs) / 1000, believed };
    expect(said).toEqual([['warn', 'list/clock-behind', fields]]);
    expect(lookAt(25 * hourMs)).toBe(true);
    expect(lookAt(26 * hourMs)).toBe(true);
    expect(said).toHaveLength(1);
    expect(lookAt(7 * dayMs)).toBe(false);
    expect(matches(startMs)).toBe(false);
    expect(said).toHaveLength(2);
  });

  it.each([
    ['not kept', false, 0],
    ['ahead again', true, 365 * dayMs],
  ])('stays away while a clock that was set back is now and then %s', async (_, isKept, aheadMs) => {
    const { time, matches, said } = await listOfAWeek();
    time.isKept = true;
    expect(matches(startMs + 30 * dayMs)).toBe(false);
    for (let hour = 1; hour < 100; hour += 1) {
      time.passedMs = hour * hourMs;
      const isBreak = hour % 24 === 0;
      time.isKept = isBreak ? isKept : true;
      expect(matches(startMs + time.passedMs + (isBreak ? aheadMs : 0))).toBe(false);
    }
    expect(said).toHaveLength(1);
  });

  it('is not spoken of where a clock is less than a minute behind', async () => {
    const { time, matches, said } = await listOfAWeek();
    time.isKept = true;
    expect(matches(startMs)).toBe(true);
    for (let hour = 1; hour < 60; hour += 1) {
      time.passedMs = hour * hourMs;
      expect(matches(startMs + time.passedMs - 59_000)).toBe(true);
    }
    expect(said).toEqual([]);
  });
});
