import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { holdExclusively } from '../database/exclusive-hold.ts';
import { canMount, mountSmallDisk } from '../database/small-disk.fixture.ts';
import { chainStart } from './audit-chain.ts';
import { auditParts, verifyAuditFolder } from './audit-files.ts';
import { SharedAuditLog } from './shared-audit-log.ts';

let folder: string;
let said: string[];
const log = { event: (_: string, event: string) => void said.push(event) };
const open = (more = {}) => SharedAuditLog.open({ folder, owner: 'centre', log, ...more });
const verdict = () => verifyAuditFolder(folder, chainStart('centre'));
const first = () => join(folder, auditParts(folder)[0]!);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shared-audit-'));
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('an audit log that several programs write into', () => {
  it('is one chain, whoever wrote last', () => {
    const [page, terminal] = [open(), open()];
    for (let round = 0; round < 10; round += 1) {
      page.record('web/followed-up', { round });
      if (round % 3 === 0) terminal.record('hits/followed-up', { round });
    }
    open().record('list/publish', {});
    expect(verdict()).toMatchObject({ broken: null, first: 1, head: { records: 15 } });
    expect(said).toEqual([]);
  });

  it('stays one chain over its parts, and when the others have let go of all that one knew', () => {
    const bounds = { partBytes: 1_000, parts: 2 };
    const [page, terminal] = [open(bounds), open(bounds)];
    page.record('web/followed-up', {});
    for (let at = 0; at < 30; at += 1) terminal.record('hits/followed-up', { at });
    page.record('web/followed-up', {});
    expect(verdict()).toMatchObject({ broken: null, head: { records: 32 } });
    expect(verdict().first).toBeGreaterThan(1);
    expect(said).toEqual([]);
  });

  it('mends the unfinished line that another program left which was killed', () => {
    const page = open();
    page.record('web/followed-up', {});
    appendFileSync(first(), '{"record":2,"time":"20');
    page.record('web/followed-up', {});
    expect(verdict()).toMatchObject({ broken: null, head: { records: 3 } });
    expect(readFileSync(first(), 'utf8')).toContain('"audit/line-lost"');
  });

  it.each<[string, (lines: readonly string[]) => string]>([
    ['its end was cut off', (lines) => `${lines.slice(0, 1).join('\n')}\n`],
    ['another program added what does not follow', (lines) => `${[...lines, lines[0]].join('\n')}\n`],
  ])('sets the log aside and says so when %s meanwhile', (_, tamper) => {
    const page = open();
    for (let at = 0; at < 3; at += 1) page.record('web/followed-up', { at });
    writeFileSync(first(), tamper(readFileSync(first(), 'utf8').trimEnd().split('\n')));
    page.record('web/followed-up', {});
    expect(said).toEqual(['audit/broken']);
    expect(readdirSync(folder).some((name) => name.startsWith('broken-'))).toBe(true);
    expect(verdict()).toMatchObject({ broken: null, head: { records: 2 } });
  });

  it('says of a record that could not be written that it was not', () => {
    const page = open();
    page.record('web/followed-up', {});
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'no folder');
    page.record('web/followed-up', {});
    expect(said).toEqual(['audit/not-written']);
  });

  it("closes nobody else's file when the next part could not be opened", () => {
    let other: number | null = null;
    const obstructing = {
      partBytes: 300,
      // Asked between the opening of the log and that of its next part.
      now: () => {
        if (auditParts(folder).length > 0) mkdirSync(join(folder, 'audit-000002.jsonl'), { recursive: true });
        return 1_790_000_000_000;
      },
      // Told before the log is closed: this gets the number of a file that was closed already.
      log: {
        event() {
          other ??= openSync(join(folder, 'elsewhere'), 'a');
        },
      },
    };
    open().record('web/followed-up', {});
    open(obstructing).record('web/followed-up', {});
    expect(other).not.toBeNull();
    writeSync(other ?? -1, 'whole');
    closeSync(other ?? -1);
    expect(readFileSync(join(folder, 'elsewhere'), 'utf8')).toBe('whole');
  });

  it.skipIf(!canMount())('refuses a read-only disk, though the log is there', () => {
    const disk = mountSmallDisk(1);
    onTestFinished(() => disk.close());
    const place = { folder: join(disk.folder, 'audit') };
    open(place).record('web/followed-up', {});
    disk.setReadOnly(true);
    expect(() => open(place)).toThrow(expect.objectContaining({ code: 'audit/unwritable' }));
  });

  it('refuses a place in which nothing can be written, before anything is done that ought to be', () => {
    writeFileSync(join(folder, 'file'), '');
    const place = join(folder, 'file', 'audit');
    expect(() => open({ folder: place })).toThrow(expect.objectContaining({ code: 'audit/unwritable' }));
  });
});

it('waits for whoever holds it, and no longer than it may', () => {
  const page = open({ waitMs: 100 });
  const letGo = holdExclusively(join(folder, 'in-use'));
  page.record('web/followed-up', {});
  expect(said).toEqual(['audit/not-written']);
  letGo();
  page.record('web/followed-up', {});
  expect(verdict()).toMatchObject({ broken: null, head: { records: 1 } });
});
