import { type Log, silentLog } from '../../config/foundation/log.ts';
import type { Database } from '../database/database.ts';
import type { ReserveFile } from '../database/reserve-file.ts';
import { ConfirmedPictures } from './confirmed-pictures.ts';
import type { HeldHits } from './held-hits.ts';
import { HitAdmission } from './hit-admission.ts';
import { type HitEndListener, HitEnds } from './hit-ends.ts';
import { layOut } from './outbox-layout.ts';
import { outboxStatements } from './outbox-schema.ts';
import { OutboxSpace } from './outbox-space.ts';
import { OutboxWrites } from './outbox-writes.ts';
import { WithdrawnHits } from './withdrawn-hits.ts';

export interface OutboxPartsOptions {
  readonly diskBudgetBytes: number;
  readonly reserve?: ReserveFile | undefined;
  readonly log?: Log | undefined;
  readonly held: HeldHits;
  readonly endListeners: Set<HitEndListener>;
}

/** What an outbox consists of on one opened database. */
export type OutboxParts = ReturnType<typeof outboxParts>;

export function outboxParts(database: Database, options: OutboxPartsOptions) {
  const { held, endListeners: listeners, diskBudgetBytes: budgetBytes, log = silentLog } = options;
  // A stolen box must not give back hits that were sent long ago.
  database.pragma('secure_delete = ON');
  layOut(database);
  const space = new OutboxSpace(database, options);
  const withdrawn = new WithdrawnHits(database);
  const confirmed = new ConfirmedPictures(database);
  const statements = outboxStatements(database);
  const writes = new OutboxWrites(database, space, statements.count);
  const ends = new HitEnds({ held, withdrawn, statements, listeners });
  const admission = new HitAdmission({ statements, writes, space, held, withdrawn, ends, log, budgetBytes });
  return { database, space, withdrawn, confirmed, statements, writes, ends, admission };
}
