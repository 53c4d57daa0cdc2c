import { describe, expect, test } from 'vitest';
import type { ListStatus } from '../../sync/lists/matching/match.ts';
import { type HealthLevel, healthOf, judgeCamera, judgeClock, judgeDisk, judgeLink, overall } from './health.ts';
import { healthyCamera, healthyFacts, healthyLink } from './healthy-facts.ts';
import type { CameraFacts, DiskSpace, LinkFacts, NodeFacts } from './node-facts.ts';

const list = healthyFacts().lists[0]!;
const withList = (changes: Partial<ListStatus>): Partial<NodeFacts> => ({ lists: [{ ...list, ...changes }] });

describe('health', () => {
  test('a healthy node is ok in every part, and there is nothing to do', () => {
    const verdicts = healthOf(healthyFacts());
    expect(verdicts.map(({ part, level, advice }) => [part, level, advice])).toEqual(
      ['law', 'cameras', 'reader', 'lists', 'link', 'clock', 'disk'].map((part) => [part, 'ok', '']),
    );
    expect(overall(verdicts)).toBe('ok');
  });

  test.each<[string, Partial<CameraFacts>, HealthLevel, string]>([
    ['with picture', {}, 'ok', 'left: 25 frames/s'],
    ['unplugged', { state: 'no-signal', lastFrameAgeMs: 12_000 }, 'fail', 'left: no signal for 12 s'],
    ['never seen', { state: 'no-signal', lastFrameAgeMs: null }, 'fail', 'left: no signal'],
    ['frozen', { lastFrameAgeMs: 300_000 }, 'fail', 'left: picture frozen for 5 min'],
    ['whose worker crashed', { worker: 'restarting' }, 'fail', 'left: its worker is being restarted'],
    ['just started', { worker: 'starting', lastFrameAgeMs: null }, 'warn', 'left: connecting'],
    ['connecting', { state: 'connecting' }, 'warn', 'left: connecting'],
    ['whose recording is over', { state: 'ended' }, 'warn', 'left: the recording has ended'],
  ])('a camera %s', (_, changes, level, cause) => {
    expect(judgeCamera(healthyCamera(changes))).toMatchObject({ level, cause });
  });

  test('of several cameras the worst is named and the rest counted', () => {
    const cameras = ['a', 'b', 'c'].map((name) =>
      healthyCamera({ name, state: name === 'a' ? 'connecting' : 'no-signal' }),
    );
    expect(healthOf(healthyFacts({ cameras }))[1]).toMatchObject({
      level: 'fail',
      cause: 'b: no signal for 0 s; and 2 more, see cameras',
    });
  });

  test.each<[string, Partial<NodeFacts>, HealthLevel, RegExp]>([
    ['none at all', { lists: [] }, 'fail', /^none$/],
    ['one that matches', {}, 'ok', /^1 of 1 matching, 1234 entries$/],
    ['one that expired', withList({ validity: 'expired' }), 'fail', /nl-police\/stolen has expired/],
    ['one without its key', withList({ validity: 'no-key', version: null }), 'fail', /no key for nl-police\/stolen/],
    [
      'one that expired beside one that matches',
      { lists: [list, { ...list, id: 'old', validity: 'expired' }] },
      'warn',
      /^1 of 2 matching/,
    ],
    [
      'one still being fetched, the old one matching',
      withList({ acceptedVersion: 13 }),
      'ok',
      /fetching nl-police\/stolen/,
    ],
    ['only one that was revoked', withList({ validity: 'revoked' }), 'warn', /1 revoked by the owner/],
    [
      'one that the law refuses',
      { refusedLists: [{ authority: 'be-police', id: 'x', reason: 'purpose not allowed in FR: fines' }] },
      'warn',
      /refused be-police\/x: purpose not allowed/,
    ],
  ])('lists: %s', (_, changes, level, cause) => {
    const verdict = healthOf(healthyFacts(changes))[3]!;
    expect(verdict.level).toBe(level);
    expect(verdict.cause).toMatch(cause);
    if (level === 'fail' || level === 'warn') expect(verdict.advice).not.toBe('');
  });

  test.each<[string, Partial<LinkFacts>, HealthLevel, RegExp]>([
    ['connected', {}, 'ok', /^connected for 60 min, nothing waits$/],
    [
      'down',
      { connected: false, sinceMs: 300_000, failureCode: 'broker/unreachable', waiting: 3 },
      'fail',
      /^down for 5 min \(broker\/unreachable\), 3 waiting$/,
    ],
    ['not up yet', { connected: false, sinceMs: 2_000 }, 'fail', /no answer yet/],
    ['refused in words we do not know', { connected: false, failureCode: 'broker/other' }, 'fail', /broker\/other/],
    ['with a certificate that ends soon', { certificateDaysLeft: 12 }, 'warn', /ends in 12 days/],
    ['with a certificate that ended', { certificateDaysLeft: -2 }, 'fail', /expired 2 days ago/],
    ['without certificate, as on a laptop', { certificateDaysLeft: null }, 'ok', /connected/],
    [
      'up, with a centre that sends no receipts',
      { waiting: 5, oldestWaitingMs: 7_200_000 },
      'warn',
      /5 waiting, the oldest for 2 h 00 min/,
    ],
  ])('the link %s', (_, changes, level, cause) => {
    const verdict = judgeLink(healthyLink(changes));
    expect(verdict.level).toBe(level);
    expect(verdict.cause).toMatch(cause);
    if (level !== 'ok') expect(verdict.advice).not.toBe('');
  });

  test.each<[DiskSpace | null, HealthLevel]>([
    [{ freeBytes: 30e9, totalBytes: 60e9 }, 'ok'],
    [{ freeBytes: 5e9, totalBytes: 60e9 }, 'warn'],
    [{ freeBytes: 50e6, totalBytes: 60e9 }, 'fail'],
    [{ freeBytes: 0, totalBytes: 0 }, 'fail'],
    [null, 'fail'],
  ])('a disk with %o is %s', (disk, level) => {
    expect(judgeDisk(disk).level).toBe(level);
  });

  test('says first of all that hits are kept in memory only, and not to switch the node off', () => {
    const verdict = judgeDisk({ freeBytes: 40e9, totalBytes: 60e9 }, 3);
    expect(verdict).toMatchObject({ level: 'fail', cause: 'it takes nothing: 3 hits are kept in memory only' });
    expect(verdict.advice).toContain('do not switch the node off');
  });

  test('a clock that nobody can tell about is unknown and spoils nothing; an unsynchronised one warns', () => {
    expect(overall(healthOf(healthyFacts({ clock: 'unknown' })))).toBe('ok');
    expect(judgeClock('not-synchronised').level).toBe('warn');
  });

  test('a node without a legal basis says so and finds no fault in what it must not do', () => {
    const facts = healthyFacts({
      inhibited: 'inhibited: no legal basis',
      cameras: [],
      lists: [],
      reader: { state: 'starting', failureCode: null },
    });
    const verdicts = healthOf(facts);
    expect(verdicts[0]).toMatchObject({ part: 'law', level: 'warn', cause: 'inhibited: no legal basis' });
    expect(overall(verdicts.slice(1))).toBe('ok');
  });
});
