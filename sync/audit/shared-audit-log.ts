import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../config/foundation/fault.ts';
import type { LogFields } from '../../config/foundation/log.ts';
import { holdExclusively } from '../database/exclusive-hold.ts';
import type { ChainPlace } from './audit-files.ts';
import { AuditLog, type AuditOptions, type AuditRecorder } from './audit-log.ts';

/** A record takes milliseconds, and following a long log from its beginning some seconds. */
const longestWaitMs = 10_000;

export interface SharedAuditOptions extends AuditOptions {
  /** So long at most until others are done. */
  readonly waitMs?: number;
}

/**
 * An audit log that several programs write into at the same time, each tying its record to the last of them all: the officers' page,
 * a receiver, commands at a terminal.
 *
 * Invariant: whoever appends holds the log, and has followed what others added since it did so last.
 */
export class SharedAuditLog implements AuditRecorder {
  readonly #options: SharedAuditOptions;
  #place: ChainPlace | null = null;

  private constructor(options: SharedAuditOptions) {
    this.#options = options;
  }

  /** Throws `audit/unwritable`: what cannot be written down is better not begun. */
  static open(options: SharedAuditOptions): SharedAuditLog {
    const audit = new SharedAuditLog(options);
    try {
      mkdirSync(options.folder, { recursive: true, mode: 0o700 });
      audit.#atEnd(() => undefined);
    } catch (cause) {
      throw unwritable(options.folder, cause);
    }
    return audit;
  }

  /** Appends one record; when this returns it is on the disk, or the ordinary log was told that it is not. */
  record(event: string, facts: LogFields): void {
    try {
      this.#atEnd((log) => log.record(event, facts));
    } catch (failure) {
      this.#options.log.event('error', 'audit/not-written', { code: codeOf(failure) });
    }
  }

  #atEnd(use: (log: AuditLog) => void): void {
    const { folder, waitMs = longestWaitMs } = this.#options;
    const letGo = holdExclusively(join(folder, 'in-use'), `another program holds ${folder}`, waitMs);
    try {
      const log = AuditLog.openForWriting(this.#options, this.#place);
      try {
        use(log);
        this.#place = log.place;
      } finally {
        log.close();
      }
    } finally {
      letGo();
    }
  }
}

/** Why a folder takes no log. Throws what is no trouble with files or with the lock on them. */
export function unwritable(folder: string, cause: unknown): Fault {
  const why = `${folder} takes no audit log (${codeOf(cause)}); name another folder with --audit`;
  return new Fault('audit/unwritable', why, { cause });
}

/** Throws what is no trouble with files or with the lock on them. */
function codeOf(failure: unknown): string {
  if (failure instanceof Error && 'code' in failure) return String(failure.code);
  throw failure;
}
