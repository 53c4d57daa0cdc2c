import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type Database, openDatabase } from '../database/database.ts';
import { readableRows, unlessUnreadable } from '../database/readable-rows.ts';
import { takesNothing } from '../database/takes-nothing.ts';
import { messageId } from './cloud-event.ts';
import { evidenceKinds } from './hit.ts';
import { maxEnvelopeBytes, maxSealedEvidenceBytes } from './hit-envelope.ts';
import { copyWithNewFirstPage } from './outbox-first-page.ts';
import { hasOutboxLayout, layOut } from './outbox-layout.ts';
import { setAsidePath } from './set-aside-outboxes.ts';

export interface Salvaged {
  /** Where the damaged file is now. */
  readonly setAside: string;
  readonly hits: number;
  /** Hits that an index names and the table does not give: at least so many are lost. */
  readonly unreadable: number;
  readonly pictures: number;
}

const bytes = (max: number) => z.instanceof(Uint8Array).refine((value) => value.byteLength <= max);
const ordered = { urgency: z.int().min(1).max(9), timeMs: z.int() };
const hitRow = z
  .object({ ...ordered, id: messageId, discreet: z.literal([0, 1]), body: bytes(maxEnvelopeBytes) })
  // A page that belongs to another row gives another row's bytes.
  .refine(({ id, body }) => Buffer.from(body).includes(id));
const pictureRow = z.object({
  ...ordered,
  hitId: messageId,
  kind: z.enum(evidenceKinds),
  jpeg: bytes(maxSealedEvidenceBytes),
});
const withdrawnRow = z.object({ hitId: messageId, id: messageId });
const counterRow = z.object({ name: z.string().max(64), value: z.int().min(0) });

/** Rows a transaction: each waits for the disk. */
const rowsAtOnce = 500;

/**
 * Makes a new outbox of what can be read of a damaged one and sets the damaged one aside, with its log of writes.
 * Invariant: whenever it is interrupted, either the damaged file is still in its place, or `path.salvaged` is complete and
 * finishSalvage puts it there.
 */
export function salvageOutbox(path: string): Salvaged {
  const unfinished = `${path}.salvaging`;
  const copy = `${path}.copied`;
  for (const left of [unfinished, copy]) removeDatabase(left);
  const source = openDamaged(path, copy);
  // SQLite is silent about a log that it cannot write back at the last close, and only the file itself is renamed below.
  const target = openDatabase(unfinished, { shrinks: true, withoutLog: true });
  let carried: Omit<Salvaged, 'setAside'>;
  try {
    layOut(target);
    carried = source === 'unreadable' ? { hits: 0, unreadable: 0, pictures: 0 } : carryOver(source, target);
  } finally {
    if (source !== 'unreadable') source.close();
    target.close();
    removeDatabase(copy);
  }
  renameSync(unfinished, `${path}.salvaged`);
  syncFolder(path);
  return { ...carried, setAside: finishSalvage(path) ?? path };
}

/** Puts a complete salvage in its place, if there is one; says where the damaged file went. */
export function finishSalvage(path: string): string | null {
  const complete = `${path}.salvaged`;
  if (!existsSync(complete)) return null;
  // The same name however often this is interrupted, so that the file and its log stay together.
  const stamp = statSync(complete)
    .mtime.toISOString()
    .replaceAll(/[-:]|\.\d+/g, '');
  const setAside = setAsidePath(path, stamp);
  // A journal that stayed would be rolled back into the new file.
  for (const suffix of ['-journal', '-wal', '-shm', '']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, setAside + suffix);
  }
  renameSync(complete, path);
  syncFolder(path);
  return setAside;
}

/** The file as it is where it says of its tables what it must, otherwise a copy that does. */
function openDamaged(path: string, copy: string): Database | 'unreadable' {
  const own = unlessUnreadable(() => openDatabase(path, { readonly: true }));
  if (own !== 'unreadable') {
    if (unlessUnreadable(() => hasOutboxLayout(own)) === true) return own;
    own.close();
  }
  copyWithNewFirstPage(path, copy);
  return unlessUnreadable(() => openDatabase(copy, { readonly: true }));
}

function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
}

function carryOver(source: Database, target: Database): Omit<Salvaged, 'setAside'> {
  const carried = new Set<string>();
  const addHit = target.prepare(
    'INSERT OR IGNORE INTO hits (id, urgency, time_ms, discreet, body) VALUES (@id, @urgency, @timeMs, @discreet, @body)',
  );
  inLots(target, readableRows(source, 'hits', 'id, urgency, time_ms AS timeMs, discreet, body'), (raw) => {
    const row = hitRow.safeParse(raw);
    if (row.success && addHit.run(row.data).changes === 1) carried.add(row.data.id);
  });
  const unreadable = [...idsInIndexes(source)].filter((id) => !carried.has(id)).length;
  carryWithdrawn(source, target, carried);
  carryCounters(source, target, { hitsSalvaged: carried.size, hitsUnreadable: unreadable });
  return { hits: carried.size, unreadable, pictures: carryPictures(source, target, carried) };
}

/** Pictures come after every hit; those for which the disk has no room stay in the file that is set aside. */
function carryPictures(source: Database, target: Database, waiting: ReadonlySet<string>): number {
  const values = '(@hitId, @kind, @urgency, @timeMs';
  const add = target.prepare(
    `INSERT OR IGNORE INTO evidence (hit_id, kind, urgency, time_ms, jpeg) VALUES ${values}, @jpeg)`,
  );
  const ready = target.prepare(
    `INSERT OR IGNORE INTO evidence_ready (hit_id, kind, urgency, time_ms) VALUES ${values})`,
  );
  let pictures = 0;
  try {
    inLots(
      target,
      readableRows(source, 'evidence', 'hit_id AS hitId, kind, urgency, time_ms AS timeMs, jpeg'),
      (raw) => {
        const row = pictureRow.safeParse(raw);
        if (!row.success || add.run(row.data).changes === 0) return;
        pictures += 1;
        const { jpeg: _, ...key } = row.data;
        // Its hit was received already, or cannot be read any more: then the centre's word decides.
        if (!waiting.has(key.hitId)) ready.run(key);
      },
    );
  } catch (error) {
    if (!takesNothing(error)) throw error;
    pictures = Number(target.prepare<[], { n: number }>('SELECT COUNT(*) AS n FROM evidence').get()?.n ?? 0);
  }
  return pictures;
}

/** Which of the messages that were carried over takes which hit back; one whose message is lost may be taken back anew. */
function carryWithdrawn(source: Database, target: Database, carried: ReadonlySet<string>): void {
  const messages = new Map<string, string>();
  // From both ends, and by the other index: what one way does not reach another may.
  for (const order of ['hit_id', 'hit_id DESC', 'id', 'id DESC']) {
    unlessUnreadable(() => {
      for (const raw of source.prepare(`SELECT hit_id AS hitId, id FROM withdrawn ORDER BY ${order}`).iterate()) {
        const row = withdrawnRow.safeParse(raw);
        if (row.success && carried.has(row.data.id)) messages.set(row.data.id, row.data.hitId);
      }
    });
  }
  const add = target.prepare('INSERT OR IGNORE INTO withdrawn (hit_id, id) VALUES (?, ?)');
  target.transaction(() => {
    for (const [id, hitId] of messages) add.run(hitId, id);
  })();
}

function carryCounters(source: Database, target: Database, more: Readonly<Record<string, number>>): void {
  const rows = unlessUnreadable(() => source.prepare('SELECT name, value FROM counters').all());
  const counters = new Map<string, number>();
  for (const raw of rows === 'unreadable' ? [] : rows) {
    const row = counterRow.safeParse(raw);
    if (row.success) counters.set(row.data.name, row.data.value);
  }
  for (const [name, value] of Object.entries(more)) counters.set(name, (counters.get(name) ?? 0) + value);
  const add = target.prepare('INSERT INTO counters (name, value) VALUES (?, ?)');
  for (const [name, value] of counters) add.run(name, value);
}

function idsInIndexes(source: Database): Set<string> {
  const ids = new Set<string>();
  for (const index of ['hits_in_order', 'sqlite_autoindex_hits_1']) {
    unlessUnreadable(() => {
      const rows = source.prepare<[], { id: unknown }>(`SELECT id FROM hits INDEXED BY ${index}`).iterate();
      for (const { id } of rows) if (messageId.safeParse(id).success) ids.add(String(id));
    });
  }
  return ids;
}

function inLots(database: Database, rows: Generator<unknown>, take: (row: unknown) => void): void {
  const lot = database.transaction((): boolean => {
    for (let count = 0; count < rowsAtOnce; count += 1) {
      const next = rows.next();
      if (next.done) return false;
      take(next.value);
    }
    return true;
  });
  while (lot());
}

/** A rename is durable once the folder is written. */
function syncFolder(path: string): void {
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
