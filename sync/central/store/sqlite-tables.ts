import type { Database } from '../../database/database.ts';
import { parseMessage } from '../../uplink/cloud-event.ts';
import { hitSchema } from '../../uplink/hit.ts';
import { insertedColumns, rowOf } from './hit-rows.ts';
import { hitTables } from './hit-tables.ts';
import { sqliteDialect } from './sqlite-database.ts';

/** Makes the tables; a file of version 0.1, which knew messages and pictures only, is brought along. */
export function makeSqliteTables(database: Database): void {
  database
    .transaction(() => {
      const columns = database.pragma('table_info(hits)') as readonly { readonly name: string }[];
      const old = columns.length > 0 && !columns.some(({ name }) => name === 'event');
      if (old) {
        database.exec('ALTER TABLE pictures RENAME TO old_pictures; ALTER TABLE hits RENAME TO old_hits');
        database.exec('DROP INDEX hits_by_arrival');
      }
      for (const statement of hitTables(sqliteDialect)) database.exec(statement);
      if (old) bringAlong(database);
    })
    .immediate();
}

function bringAlong(database: Database): void {
  const add = database.prepare(
    `INSERT INTO hits (${insertedColumns.join(', ')}) VALUES (${insertedColumns.map(() => '?').join(', ')})`,
  );
  const rows = database.prepare<[], { body: Buffer; receivedMs: number }>(
    'SELECT body, received_ms AS receivedMs FROM old_hits ORDER BY received_ms, id',
  );
  let change = 0;
  for (const { body, receivedMs } of rows.all()) {
    const hit = parseMessage(hitSchema, body, Number.POSITIVE_INFINITY);
    if (hit === null) continue;
    change += 1;
    add.run(...rowOf({ hit, body }, receivedMs, change));
  }
  database.prepare('UPDATE changes SET latest = ?').run(change);
  database.exec(`INSERT INTO pictures SELECT hit_id, kind, jpeg FROM old_pictures WHERE hit_id IN (SELECT id FROM hits);
                 DROP TABLE old_pictures; DROP TABLE old_hits`);
}
