import type { Database } from '../database/database.ts';

export const withdrawnSchema = `
  -- Hits that waited here when they were taken back, and the message that says so, which waits among the hits.
  CREATE TABLE IF NOT EXISTS withdrawn (
    hit_id TEXT PRIMARY KEY,
    id     TEXT NOT NULL UNIQUE
  ) STRICT, WITHOUT ROWID;
`;

/** Which hits of an outbox were taken back; a part of the outbox, within its transactions. */
export class WithdrawnHits {
  readonly #add;
  readonly #ofHit;
  readonly #message;
  readonly #forget;

  constructor(database: Database) {
    this.#add = database.prepare<[string, string]>('INSERT INTO withdrawn (hit_id, id) VALUES (?, ?)');
    this.#ofHit = database.prepare<[string]>('SELECT 1 FROM withdrawn WHERE hit_id = ?');
    this.#message = database.prepare<[string]>('SELECT 1 FROM withdrawn WHERE id = ?');
    // Once neither the hit nor its withdrawal waits any more.
    this.#forget = database.prepare<[{ id: string }]>(
      `DELETE FROM withdrawn WHERE (id = @id OR hit_id = @id)
       AND NOT EXISTS (SELECT 1 FROM hits WHERE hits.id IN (withdrawn.id, withdrawn.hit_id))`,
    );
  }

  add(hitId: string, messageId: string): void {
    this.#add.run(hitId, messageId);
  }

  has(hitId: string): boolean {
    return this.#ofHit.get(hitId) !== undefined;
  }

  /** Whether a message among the hits is a withdrawal. */
  isMessage(id: string): boolean {
    return this.#message.get(id) !== undefined;
  }

  /** A hit or a withdrawal has left the outbox. */
  left(id: string): void {
    this.#forget.run({ id });
  }
}
