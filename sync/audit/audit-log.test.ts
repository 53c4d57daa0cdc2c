import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { LogFields } from '../../config/foundation/log.ts';
import { canMount, mountSmallDisk } from '../database/small-disk.fixture.ts';
import { chainStart } from './audit-chain.ts';
import { auditParts, verifyAuditFolder } from './audit-files.ts';
import { AuditLog, auditing } from './audit-log.ts';

describe('the audit log', () => {
  let folder: string;
  let events: string[];
  const log = { event: (_: string, event: string) => void events.push(event) };
  const open = (more = {}) => AuditLog.open({ folder, owner: 'gantry-7', log, now: () => 1_790_000_000_000, ...more });
  const verdict = (noted?: string) => verifyAuditFolder(folder, chainStart('gantry-7'), noted);
  const write = (count: number, more = {}) => {
    const audit = open(more);
    for (let i = 0; i < count; i++)
      audit.record('list/applied', { authority: 'NL-POLICE', list: 'stolen', version: i });
    audit.close();
    return audit.head;
  };
  const first = () => join(folder, auditParts(folder)[0]!);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'audit-'));
    events = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is one chain over restarts', () => {
    write(3);
    const head = write(2);
    expect(verdict()).toEqual({ first: 1, head, broken: null });
    expect(head.records).toBe(5);
  });

  it('shows any single change of any byte, wherever it is', () => {
    write(4);
    const sound = readFileSync(first());
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const altered = Buffer.from(sound);
        altered[at] = altered[at]! ^ change;
        writeFileSync(first(), altered);
        return verdict().broken !== null;
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, (lines: string[]) => string[], string]>([
    ['removed', (lines) => lines.filter((_, i) => i !== 2), 'not-in-order'],
    ['removed at the beginning, renumbered or not', (lines) => ['{}', ...lines.slice(1)], 'not-a-record'],
    ['doubled', (lines) => [...lines.slice(0, 2), ...lines.slice(1)], 'not-in-order'],
    ['swapped', ([a, b, c, ...rest]) => [a!, c!, b!, ...rest], 'not-in-order'],
  ])('shows that a record was %s', (_, tamper, reason) => {
    write(5);
    const lines = readFileSync(first(), 'utf8').trimEnd().split('\n');
    writeFileSync(first(), `${tamper(lines).join('\n')}\n`);
    expect(verdict().broken?.reason).toBe(reason);
  });

  it('shows that its end was cut off, to whoever noted a later head', () => {
    const head = write(5);
    const lines = readFileSync(first(), 'utf8').trimEnd().split('\n');
    writeFileSync(first(), `${lines.slice(0, 3).join('\n')}\n`);
    expect(verdict().broken).toBeNull();
    expect(verdict(head.hash).broken?.reason).toBe('head-missing');
    // As a health message carries it.
    expect(verdict(head.hash.slice(0, 32)).broken?.reason).toBe('head-missing');
    expect(verdict(JSON.parse(lines[2]!).hash.slice(0, 32)).broken).toBeNull();
  });

  it('does not take the log of another owner for its own', () => {
    write(2);
    expect(verifyAuditFolder(folder, chainStart('gantry-8')).broken?.reason).toBe('not-in-order');
  });

  it('mends the unfinished line that a power cut leaves, and says that one was lost', () => {
    write(3);
    appendFileSync(first(), '{"record":4,"time":"20');
    expect(verdict().broken?.reason).toBe('unfinished');
    write(1);
    expect(verdict()).toMatchObject({ broken: null, head: { records: 5 } });
    expect(readFileSync(first(), 'utf8')).toContain('"audit/line-lost"');
  });

  it('sets a log aside that was tampered with, and begins a new one that says so', () => {
    write(3);
    writeFileSync(first(), readFileSync(first(), 'utf8').replace('"version":1', '"version":9'));
    write(1);
    expect(events).toContain('audit/broken');
    expect(verdict()).toMatchObject({ broken: null, head: { records: 2 } });
    expect(readFileSync(first(), 'utf8')).toContain('"audit/broken"');
    expect(readdirSync(folder).some((name) => name.startsWith('broken-'))).toBe(true);
  });

  it('stays within its bounds and can still be verified when old parts are gone', () => {
    const bounds = { partBytes: 2_000, parts: 3 };
    write(60, bounds);
    expect(auditParts(folder)).toHaveLength(3);
    expect(verdict()).toMatchObject({ broken: null, head: { records: 60 } });
    expect(verdict().first).toBeGreaterThan(1);
    write(1, bounds);
    expect(verdict()).toMatchObject({ broken: null, head: { records: 61 } });
  });

  it("goes on in its part when the next cannot be opened, and closes nobody else's file", () => {
    const audit = open({ partBytes: 300 });
    audit.record('list/applied', { version: 1 });
    // Whatever else the program opens gets the number of a file that was closed.
    const obstacle = join(folder, 'audit-000002.jsonl');
    mkdirSync(obstacle);
    audit.record('list/applied', { version: 2 });
    const elsewhere = join(folder, 'elsewhere');
    const other = openSync(elsewhere, 'a');
    audit.record('list/applied', { version: 3 });
    writeSync(other, 'whole');
    closeSync(other);
    expect(readFileSync(elsewhere, 'utf8')).toBe('whole');
    expect(events).toEqual(['audit/not-written', 'audit/not-written']);
    rmdirSync(obstacle);
    audit.record('list/applied', { version: 4 });
    audit.close();
    expect(auditParts(folder)).toHaveLength(2);
    expect(verdict()).toEqual({ first: 1, head: audit.head, broken: null });
    expect(audit.head.records).toBe(2);
  });

  it.skipIf(!canMount())('opens on a read-only disk, says what it cannot write, and goes on when it can', () => {
    const disk = mountSmallDisk(1);
    onTestFinished(() => disk.close());
    const there = { folder: join(disk.folder, 'audit') };
    const before = write(3, there);
    disk.setReadOnly(true);
    const audit = open(there);
    expect(audit.head).toEqual(before);
    audit.record('list/applied', { version: 7 });
    expect(events).toEqual(['audit/not-written', 'audit/not-written']);
    disk.setReadOnly(false);
    audit.record('list/applied', { version: 8 });
    audit.close();
    expect(verifyAuditFolder(there.folder, chainStart('gantry-7'))).toEqual({
      first: 1,
      head: audit.head,
      broken: null,
    });
    expect(audit.head.records).toBe(4);
  });

  it.skipIf(!canMount())('begins where its folder could not be made at first', () => {
    const disk = mountSmallDisk(1);
    onTestFinished(() => disk.close());
    disk.setReadOnly(true);
    const audit = open({ folder: join(disk.folder, 'audit') });
    audit.record('list/applied', { version: 1 });
    disk.setReadOnly(false);
    audit.record('list/applied', { version: 2 });
    audit.close();
    expect(audit.head.records).toBe(1);
  });

  it('takes only the events that were asked for from a log', () => {
    const audit = open();
    const both = auditing(log, audit, new Set(['node/started']));
    both.event('info', 'node/started', { version: '1' } as LogFields);
    both.event('info', 'camera/lost', { camera: 'north' } as LogFields);
    audit.close();
    expect(events).toEqual(['node/started', 'camera/lost']);
    expect(audit.head.records).toBe(1);
  });
});
