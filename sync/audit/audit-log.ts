import {
  closeSync,
  existsSync,
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
import { onReadOnlyDisk, takesNothing } from '../database/takes-nothing.ts';
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
  #part = 1;
  /** Null while the disk has not let it be opened. */
  #file: number | null = null;
  #bytes = 0;
  #closed = false;

  private constructor(options: Required<AuditOptions>) {
    this.#options = options;
    this.#head = chainStart(options.owner);
  }

  /** Where the disk takes nothing, that is told to the ordinary log, and each record tries again. */
  static open(options: AuditOptions): AuditLog {
    const audit = new AuditLog(withDefaults(options));
    try {
      audit.#takeUp(null);
    } catch (failure) {
      if (!takesNothing(failure)) throw failure;
      audit.#sayNotWritten(failure);
    }
    return audit;
  }

  /**
   * Throws where nothing can be written. `known`: up to where the caller has followed the log before; it must still contain
   * that.
   */
  static openForWriting(options: AuditOptions, known: ChainPlace | null): AuditLog {
    const audit = new AuditLog(withDefaults(options));
    audit.#takeUp(known);
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

  /** Appends one record; when this returns it is on the disk. A disk that takes nothing is told to the ordinary log: work goes on. */
  record(event: string, facts: LogFields): void {
    try {
      if (this.#file === null) this.#takeUpAgain();
      this.#append(event, facts);
    } catch (failure) {
      this.#sayNotWritten(failure);
    }
  }

  close(): void {
    this.#closed = true;
    this.#letGo();
  }

  /** Follows what is there, mends it or sets it aside, and opens its last part. */
  #takeUp(known: ChainPlace | null): void {
    const { folder, owner, now, log } = this.#options;
    // What mkdir says of a read-only disk is that there is no such folder.
    if (!existsSync(folder) && onReadOnlyDisk(folder)) throw withCode('EROFS');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const start = chainStart(owner);
    const { head, broken } = known === null ? verifyAuditFolder(folder, start) : verifyFrom(known, folder, start);
    // Before anything is written: a head can be told even where nothing can.
    this.#head = head;
    const torn = broken?.reason === 'unfinished';
    if (torn) cutUnfinishedLine(folder);
    if (broken === null || torn) {
      this.#openPart(Number(auditParts(folder).at(-1)?.slice(6, 12) ?? 1));
      if (torn) this.record('audit/line-lost', {});
      return;
    }
    const { reason, line } = broken;
    log.event('error', 'audit/broken', { reason, line, aside: setAside(folder, now()) });
    this.#head = start;
    this.#openPart(1);
    this.record('audit/broken', { reason, line, was: head.hash });
  }

  /** Following a long log takes seconds, so a disk that is still read-only is asked first. */
  #takeUpAgain(): void {
    if (this.#closed) throw withCode('EBADF');
    if (onReadOnlyDisk(this.#options.folder)) throw withCode('EROFS');
    this.#takeUp(null);
  }

  /** The part before is closed only when this one is open: a number that was closed soon belongs to another file. */
  #openPart(part: number): void {
    const path = join(this.#options.folder, partName(part));
    const before = this.#file;
    this.#file = openSync(path, 'a', 0o600);
    this.#part = part;
    this.#bytes = statSync(path).size;
    if (before !== null) closeSync(before);
  }

  #append(event: string, facts: LogFields): void {
    const { now, partBytes, folder, parts } = this.#options;
    const record = chained(this.#head, { time: new Date(now()).toISOString(), event, facts });
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    if (this.#bytes > 0 && this.#bytes + line.length > partBytes) {
      this.#openPart(this.#part + 1);
      for (const old of auditParts(folder).slice(0, -parts)) rmSync(join(folder, old));
    }
    this.#write(line);
    this.#head = { records: record.record, hash: record.hash };
  }

  /** Whole or not at all: half a line would tie the next one to nothing. */
  #write(line: Buffer): void {
    if (this.#file === null) throw withCode('EBADF');
    try {
      if (writeSync(this.#file, line) !== line.length) throw withCode('ENOSPC');
      fsyncSync(this.#file);
    } catch (failure) {
      this.#cutBack();
      throw failure;
    }
    this.#bytes += line.length;
  }

  /** Where the disk does not even take that, what is at the end is not known, and the next record follows the log anew. */
  #cutBack(): void {
    try {
      truncateSync(join(this.#options.folder, partName(this.#part)), this.#bytes);
    } catch (failure) {
      if (!takesNothing(failure)) throw failure;
      this.#letGo();
    }
  }

  #letGo(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #sayNotWritten(failure: unknown): void {
    const code = (failure as NodeJS.ErrnoException).code ?? 'unknown';
    this.#options.log.event('error', 'audit/not-written', { code });
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

function withCode(code: string): Error {
  return Object.assign(new Error(`audit log: ${code}`), { code });
}

function withDefaults(options: AuditOptions): Required<AuditOptions> {
  return { now: Date.now, partBytes: 4 * 1_048_576, parts: 16, ...options };
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
