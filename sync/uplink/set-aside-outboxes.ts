import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { type Log, silentLog } from '../../config/foundation/log.ts';
import { takesNothing } from '../database/takes-nothing.ts';
import type { Look } from './confirmed-pictures.ts';

/** The file itself; beside it its logs of writes, whoever made them, and for how long it has been here. */
const suffixes = ['', '-wal', '-shm', '-journal', '.age-new', '.age'];
/** What somebody has put beside them under another name is his. */
const ownName = /^(\d+T\d+Z)(?:-wal|-shm|-journal|\.age|\.age-new)?$/;
const ageFile = z.object({ ageMs: z.number().min(0), seenMs: z.number() });

interface SetAside {
  readonly path: string;
  readonly ageMs: number;
}

/** Where a damaged outbox is put. */
export function setAsidePath(path: string, stamp: string): string {
  return `${path}.damaged-${stamp}`;
}

/**
 * Damaged outboxes, kept for whoever wants to read more out of one than the node could. They hold hits and pictures, outside the
 * disk budget: so the newest alone stays, and no longer than pictures may. Ages are counted as those of confirmed pictures are.
 */
export class SetAsideOutboxes {
  readonly #path: string;
  readonly #log: Log;

  /** `path`: where the outbox is. */
  constructor(path: string, log: Log = silentLog) {
    this.#path = path;
    this.#log = log;
  }

  /** To be called now and then; false when the disk had no room to note how much time has passed. */
  expire(look: Look, keepMs: number): boolean {
    try {
      const [newest, ...older] = this.#all(look).sort((a, b) => a.ageMs - b.ageMs || (a.path < b.path ? 1 : -1));
      for (const { path } of older) this.#remove(path);
      if (newest !== undefined && newest.ageMs >= keepMs) this.#remove(newest.path);
      else if (newest !== undefined) noteAge(newest, look.nowMs);
      return true;
    } catch (error) {
      if (!takesNothing(error)) throw error;
      return false;
    }
  }

  #all(look: Look): SetAside[] {
    const begin = basename(setAsidePath(this.#path, ''));
    const stamps = readdirSync(dirname(this.#path))
      .filter((name) => name.startsWith(begin))
      .flatMap((name) => ownName.exec(name.slice(begin.length))?.[1] ?? []);
    return [...new Set(stamps)].map((stamp) => {
      const path = setAsidePath(this.#path, stamp);
      return { path, ageMs: ageOf(path, look) };
    });
  }

  #remove(path: string): void {
    // Its age last: what is interrupted is found again, and is no younger.
    for (const suffix of suffixes) rmSync(path + suffix, { force: true });
    this.#log.event('info', 'outbox/damaged-removed', { file: basename(path) });
  }
}

/** Nothing for one whose age was not noted yet, or can no longer be read. */
function ageOf(path: string, { nowMs, sinceLookMs }: Look): number {
  const noted = ageFile.safeParse(parsed(`${path}.age`));
  if (!noted.success) return 0;
  return noted.data.ageMs + (sinceLookMs ?? Math.max(0, nowMs - noted.data.seenMs));
}

function noteAge({ path, ageMs }: SetAside, nowMs: number): void {
  writeFileSync(`${path}.age-new`, JSON.stringify({ ageMs, seenMs: nowMs }), { mode: 0o600 });
  renameSync(`${path}.age-new`, `${path}.age`);
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // Not there yet, or torn by a power cut: its days begin again.
    return undefined;
  }
}
