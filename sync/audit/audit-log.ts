import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Log, LogFields } from '../../config/foundation/log.ts';
import { type ChainHead, type ChainVerdict, chained, chainStart } from './audit-chain.ts';
import { auditParts, type ChainPlace, partName, verifyAdded, verifyAuditFolder } from './audit-files.ts';

export interface AuditOptions {
  readonly folder: string;
  /** Whose log this is: a node's id, a centre's name. */
  readonly owner: string;
  readonly log: Log;
  readonly now?: () => number;
  readonly partBytes?: number;
  /** More parts than this are not kept. */
  readonly parts?: number;
}

/** Where events are written down for good. */
export interface AuditRecorder {
  record(event: string, facts: LogFields): void;
}

/**
 * An append-only log of what matters afterwards, each record tied to the one before it by its hash and on disk before it
 * counts. Whoever alters, removes or reorders a record breaks the chain, which `verify` tells; whoever cuts off its end is
 * told by the head that the other side of the link keeps. Never a plate, and nothing of discreet hits.
 *
 * Invariant: a log that is found broken is never continued as if nothing had happened: it is set aside, and the new one says so.
 */
export class AuditLog implements AuditRecorder {
  readonly #options: Required<AuditOptions>;
  #head: ChainHead;
  #part: number;
  #file: number;
  #bytes: number;

  private constructor(
    options: Required<AuditOptions>,
    { head, part }: { readonly head: ChainHead; readonly part: number },
  ) {
    this.#options = options;
    this.#head = head;
    this.#part = part;
    const path = join(options.folder, partName(part));
    this.#file = openSync(path, 'a', 0o600);
    this.#bytes = statSync(path).size;
  }

  /** `known`: up to where the caller has followed the log before; it must still contain that. */
  static open(options: AuditOptions, known: ChainPlace | null = null): AuditLog {
    const all = { now: Date.now, partBytes: 4 * 1_048_576, parts: 16, ...options };
    mkdirSync(all.folder, { recursive: true, mode: 0o700 });
    const start = chainStart(all.owner);
    let verdict = known === null ? verifyAuditFolder(all.folder, start) : verifyFrom(known, all.folder, start);
    const torn = verdict.broken?.reason === 'unfinished';
    if (torn) {
      cutUnfinishedLine(all.folder);
      verdict = { ...verdict, broken: null };
    }
    if (verdict.broken !== null) {
      const aside = setAside(all.folder, all.now());
      all.log.event('error', 'audit/broken', { reason: verdict.broken.reason, line: verdict.broken.line, aside });
      const fresh = new AuditLog(all, { head: start, part: 1 });
      fresh.record('audit/broken', {
        reason: verdict.broken.reason,
        line: verdict.broken.line,
        was: verdict.head.hash,
      });
      return fresh;
    }
    const part = Number(auditParts(all.folder).at(-1)?.slice(6, 12) ?? 1);
    const audit = new AuditLog(all, { head: verdict.head, part });
    if (torn) audit.record('audit/line-lost', {});
    return audit;
  }

  /** What an outsider keeps to notice that the end was cut off. */
  get head(): ChainHead {
    return this.#head;
  }

  /** For who opens it again later. */
  get place(): ChainPlace {
    return { head: this.#head, part: this.#part, bytes: this.#bytes };
  }

  /** Appends one record; when this returns it is on the disk. A full disk is told to the ordinary log: work goes on. */
  record(event: string, facts: LogFields): void {
    const { now, log, partBytes } = this.#options;
    const record = chained(this.#head, { time: new Date(now()).toISOString(), event, facts });
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    try {
      if (this.#bytes > 0 && this.#bytes + line.length > partBytes) this.#nextPart();
      this.#write(line);
      this.#head = { records: record.record, hash: record.hash };
    } catch (failure) {
      log.event('error', 'audit/not-written', { code: (failure as NodeJS.ErrnoException).code ?? 'unknown' });
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Whole or not at all: half a line would tie the next one to nothing. */
  #write(line: Buffer): void {
    const path = join(this.#options.folder, partName(this.#part));
    try {
      if (writeSync(this.#file, line) !== line.length) throw Object.assign(new Error('disk full'), { code: 'ENOSPC' });
      fsyncSync(this.#file);
    } catch (failure) {
      truncateSync(path, this.#bytes);
      throw failure;
    }
    this.#bytes += line.length;
  }

  #nextPart(): void {
    const { folder, parts } = this.#options;
    closeSync(this.#file);
    this.#part += 1;
    this.#file = openSync(join(folder, partName(this.#part)), 'a', 0o600);
    this.#bytes = 0;
    for (const old of auditParts(folder).slice(0, -parts)) rmSync(join(folder, old));
  }
}

/** A log that also writes the named events down in the audit log. */
export function auditing(log: Log, audit: AuditRecorder, events: ReadonlySet<string>): Log {
  return {
    event(level, event, fields = {}) {
      log.event(level, event, fields);
      if (events.has(event)) audit.record(event, fields);
    },
  };
}

function verifyFrom(known: ChainPlace, folder: string, start: ChainHead): ChainVerdict {
  const added = verifyAdded(folder, start, known);
  if (added !== null) return added;
  // A head whose part was let go is in none of those that are left.
  const letGo = (auditParts(folder)[0] ?? '') > partName(known.part);
  return verifyAuditFolder(folder, start, letGo ? undefined : known.head.hash);
}

function cutUnfinishedLine(folder: string): void {
  const last = auditParts(folder).at(-1);
  if (last === undefined) return;
  const path = join(folder, last);
  truncateSync(path, readFileSync(path).lastIndexOf(0x0a) + 1);
}

function setAside(folder: string, nowMs: number): string {
  const aside = `broken-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, '')}`;
  mkdirSync(join(folder, aside), { mode: 0o700 });
  for (const name of auditParts(folder)) renameSync(join(folder, name), join(folder, aside, name));
  return aside;
}
