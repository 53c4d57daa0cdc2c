import type { Database } from '../database/database.ts';

export const confirmedPicturesSchema = `
  -- Hits that all their recipients have while pictures of them still wait here, and how long that has been so.
  CREATE TABLE IF NOT EXISTS confirmed_pictures (
    hit_id  TEXT PRIMARY KEY,
    age_ms  INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL   -- the node's clock when age_ms was brought up to date
  ) STRICT, WITHOUT ROWID;
`;

/** `sinceLookMs`: by a clock that never jumps; null at the first look since the start. */
export interface Look {
  readonly nowMs: number;
  readonly sinceLookMs: number | null;
}

/**
 * For how long pictures have been waiting whose hit was confirmed; a part of the outbox, within its transactions.
 *
 * An age is counted from look to look and not computed from two times of day: a clock that is set right, or wrong, while the node runs
 * makes nothing older. Only the time in which the node did not run is the clock's word, and it may be nothing.
 */
export class ConfirmedPictures {
  readonly #any;
  readonly #age;
  readonly #forget;
  readonly #notice;
  readonly #olderThan;

  constructor(database: Database) {
    this.#any = database.prepare<[], { any: 0 | 1 }>(
      'SELECT EXISTS (SELECT 1 FROM evidence_ready) OR EXISTS (SELECT 1 FROM confirmed_pictures) AS any',
    );
    this.#age = database.prepare<[{ nowMs: number; sinceLookMs: number | null }]>(
      `UPDATE confirmed_pictures SET age_ms = age_ms + COALESCE(@sinceLookMs, MAX(0, @nowMs - seen_ms)), seen_ms = @nowMs`,
    );
    this.#forget = database.prepare<[]>(
      'DELETE FROM confirmed_pictures WHERE hit_id NOT IN (SELECT hit_id FROM evidence_ready)',
    );
    // Pictures have their turn once one recipient has the hit; while another has not, they stay with it.
    this.#notice = database.prepare<[{ nowMs: number }]>(
      `INSERT OR IGNORE INTO confirmed_pictures (hit_id, age_ms, seen_ms)
       SELECT DISTINCT hit_id, 0, @nowMs FROM evidence_ready WHERE hit_id NOT IN (SELECT id FROM hits)`,
    );
    this.#olderThan = database.prepare<[number], { hitId: string }>(
      'SELECT hit_id AS hitId FROM confirmed_pictures WHERE age_ms >= ? LIMIT 500',
    );
  }

  /** False when there is nothing to look at, as usual. */
  get any(): boolean {
    return this.#any.get()?.any === 1;
  }

  look({ nowMs, sinceLookMs }: Look): void {
    this.#age.run({ nowMs: Math.round(nowMs), sinceLookMs: sinceLookMs === null ? null : Math.round(sinceLookMs) });
    this.#forget.run();
    this.#notice.run({ nowMs: Math.round(nowMs) });
  }

  /** Hits whose pictures have waited so long, some hundred at most. */
  olderThan(ageMs: number): readonly string[] {
    return this.#olderThan.all(ageMs).map(({ hitId }) => hitId);
  }
}
