import { stripVTControlCharacters } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { sampleHit } from '../uplink/sample-hit.test-data.ts';
import type { StoredHit } from './store/hit-desk.ts';
import { TerminalDesk } from './terminal-desk.ts';

const screen = { columns: 100, rows: 40, colours: false };
const stored = (receivedMs: number, changes: Partial<StoredHit> = {}): StoredHit => ({
  hit: sampleHit(),
  receivedMs,
  state: 'new',
  seen: null,
  dispatched: null,
  verdict: null,
  withdrawn: null,
  pictures: [],
  ...changes,
});

const closed = (one: StoredHit): StoredHit => ({
  ...one,
  state: 'closed',
  verdict: { verdict: 'confirmed', note: '', by: 'Jansen', atMs: 1 },
});

let desk: TerminalDesk;
const draw = () => void desk.lines(screen, []);
beforeEach(() => {
  desk = new TerminalDesk();
});

describe("an officer's terminal", () => {
  it('puts new hits at the top, shows the newest first of all, and applies keys to the one that is shown', () => {
    const [old, fresh] = [stored(1), stored(2)];
    desk.take([old]);
    desk.take([fresh]);
    draw();
    expect(desk.key('s')).toEqual({ wish: 'follow-up', hitId: fresh.hit.id, what: { step: 'seen' } });
    desk.key('j');
    draw();
    expect(desk.key('m')).toMatchObject({ hitId: old.hit.id, what: { step: 'verdict', verdict: 'misread' } });
    const newest = stored(3);
    desk.take([newest]);
    draw();
    expect(desk.key('c')).toMatchObject({ hitId: old.hit.id, what: { verdict: 'confirmed' } });
    for (let times = 0; times < 5; times += 1) desk.key('\u001b[A');
    expect(desk.chosen).toBe(newest);
  });

  it('does not dispatch a hit that arrived between the look and the key', () => {
    const looked = stored(1);
    desk.take([looked]);
    draw();
    const before = desk.drawn;
    desk.take([stored(2)]);
    expect(desk.key('d', before)).toMatchObject({ hitId: looked.hit.id, what: { step: 'dispatched' } });
    draw();
    expect(desk.chosen).toBe(looked);
  });

  it('does nothing for a key that came before what is shown now', () => {
    const [first, second] = [stored(2), stored(1)];
    desk.take([first, second]);
    expect(desk.key('d')).toBeNull();
    draw();
    const before = desk.drawn;
    desk.key('j', before);
    expect(desk.key('d', before)).toBeNull();
    draw();
    expect(desk.key('d', before)).toBeNull();
    expect(desk.key('d')).toMatchObject({ hitId: second.hit.id });
    expect(desk.key('c')).toBeNull();
    draw();
    const withdrawn = desk.drawn;
    desk.take([{ ...second, state: 'withdrawn', withdrawn: { reason: 'read again', atMs: 1 } }]);
    draw();
    expect(desk.key('c', withdrawn)).toBeNull();
    expect(desk.key('q', withdrawn)).toEqual({ wish: 'quit' });
  });

  it('judges one hit, however long a key is held down', () => {
    const hits = [stored(3), stored(2), stored(1)];
    desk.take(hits);
    desk.key('a');
    draw();
    const judged: string[] = [];
    for (let draws = 0; draws < 4; draws += 1) {
      const before = desk.drawn;
      for (let repeats = 0; repeats < 5; repeats += 1) {
        const wish = desk.key('c', before);
        if (wish?.wish !== 'follow-up') continue;
        judged.push(wish.hitId);
        desk.take([closed(hits.find(({ hit }) => hit.id === wish.hitId)!)]);
      }
      draw();
    }
    expect(judged).toEqual([hits[0]?.hit.id]);
  });

  it('goes on showing a hit that was closed or is among the oldest, until another is chosen', () => {
    const [first, second] = [stored(-1), stored(-2)];
    desk.take([first, second]);
    desk.key('a');
    draw();
    desk.take([closed(first)]);
    desk.take(Array.from({ length: 500 }, (_, at) => stored(at)));
    draw();
    expect(desk.chosen).toMatchObject({ hit: { id: first.hit.id }, state: 'closed' });
    desk.key('k');
    draw();
    expect(desk.chosen?.receivedMs).toBe(0);
    expect(desk.lines(screen, []).join('\n')).not.toContain('closed');
  });

  it('shows the chosen hit with what was read, what is asked and what became of it', () => {
    const verdict = { verdict: 'other', note: 'a trailer', by: 'Jansen', atMs: 0 } as const;
    desk.take([stored(1, { state: 'closed', seen: { by: 'Jansen', atMs: 0 }, verdict })]);
    const text = desk.lines(screen, ['PICTURE']).join('\n');
    for (const part of ['0 new of 1 hits', '1ABC234 99.1 %', 'stop · priority 2', 'other: a trailer', 'PICTURE'])
      expect(text).toContain(part);
  });

  it('hides closed hits on demand', () => {
    desk.take([stored(1, { state: 'closed' }), stored(2, { state: 'withdrawn' })]);
    expect(desk.key('a')).toEqual({ wish: 'redraw' });
    expect(desk.chosen).toBeNull();
    expect(desk.lines(screen, []).join('\n')).toContain('no hits yet');
    expect(desk.key('s')).toBeNull();
    desk.key('a');
    draw();
    expect(desk.chosen).not.toBeNull();
    desk.key('a');
    expect(desk.chosen).toBeNull();
  });

  it('fills the screen exactly, however many hits there are and however small it is', () => {
    desk.take(Array.from({ length: 700 }, (_, at) => stored(at)));
    for (const rows of [2, 10, 24, 60]) expect(desk.lines({ ...screen, rows }, ['a', 'b'])).toHaveLength(rows);
    expect(desk.lines(screen, [])[0]).toContain('500 new of 500');
    expect(desk.lines(screen, []).at(-1)).toContain('q quit');
    expect(desk.chosen?.receivedMs).toBe(699);
  });

  it('shows the chosen hit whole on a terminal of 24 rows, however many there are', () => {
    const seen = { by: 'Jansen', atMs: 0 };
    desk.take(Array.from({ length: 40 }, (_, at) => stored(at, { seen, dispatched: seen })));
    for (let times = 0; times < 20; times += 1) desk.key('j');
    const lines = desk.lines({ ...screen, rows: 24 }, ['PICTURE', 'ITS END']);
    expect(lines.at(-1)?.length).toBeLessThanOrEqual(80);
    for (const part of ['id       ', 'entry    BE-2026', 'sent     Jansen', 'ITS END'])
      expect(lines.join('\n')).toContain(part);
    expect(lines.filter((line) => line.startsWith('> '))).toHaveLength(1);
  });

  it('says everything without colours, too', () => {
    desk.take([stored(1)]);
    const coloured = desk.lines({ ...screen, colours: true }, []);
    expect(coloured.map((line) => stripVTControlCharacters(line))).toEqual(desk.lines(screen, []));
  });

  it('knows how to leave, and ignores keys without a meaning', () => {
    for (const key of ['q', '\u0003']) expect(desk.key(key)).toEqual({ wish: 'quit' });
    desk.take([stored(1)]);
    draw();
    for (const key of ['x', '\u001b', '\u001b[15~', 'constructor', '']) expect(desk.key(key)).toBeNull();
  });
});
