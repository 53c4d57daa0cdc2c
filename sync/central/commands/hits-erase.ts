import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { Fault } from '../../../config/foundation/fault.ts';
import { EvidenceFolder } from '../evidence-folder.ts';
import { auditOption, openCentreAudit } from './centre-audit.ts';
import { readDay, storeOption, withStore } from './hits-desk.ts';
import { print, tell } from './output.ts';

interface EraseHitsOptions {
  readonly before: number;
  readonly byArrival?: true;
  readonly evidence?: string;
  readonly store: string;
  readonly audit: string;
}

/** `anpr-central hits erase`: erases old hits on demand, as `hits --keep-days` does by itself. */
export function addEraseCommand(hits: Command): void {
  hits
    .command('erase')
    .description('erase old hits with their pictures; the counts for the report remain')
    .requiredOption('--before <date>', 'erase what arrived before this day (YYYY-MM-DD, UTC)', readDay)
    .option('--by-arrival', 'also what its node says it made later: its clock was ahead')
    .option('--evidence <folder>', 'also pictures that were saved here')
    .option(...storeOption)
    .option(...auditOption)
    .action(erase);
}

async function erase({ store, before, evidence, byArrival, audit }: EraseHitsOptions): Promise<void> {
  // A mistyped name must not look like a folder without pictures.
  if (evidence !== undefined && !existsSync(evidence))
    throw new Fault('centre/no-evidence', `there is no folder ${evidence}`);
  await withStore(store, async (desk) => {
    const record = openCentreAudit(audit);
    const about = { before: new Date(before).toISOString(), account: userInfo().username };
    const byArrivalAlone = byArrival;
    let hits = 0;
    const onErased = (more: number) => {
      hits += more;
    };
    try {
      await desk.erase(before, { byArrivalAlone, onErased });
    } finally {
      record.record('centre/hits-erased', { hits, ...about });
      print(`${hits} hits erased`);
    }
    if (evidence !== undefined) {
      const pictures = await new EvidenceFolder(evidence).erase(before, { byArrivalAlone });
      record.record('centre/pictures-erased', { pictures, ...about });
      print(`${pictures} saved pictures erased`);
    }
    if ((await desk.hits({ toMs: before, limit: 1 })).hits.length > 0)
      tell('some are left that arrived before, and that their nodes say they made later: hits list --to shows them');
  });
}
