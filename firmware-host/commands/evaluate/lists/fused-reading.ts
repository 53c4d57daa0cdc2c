import { PlateReads } from '../../../../recognizer/passages/plate-reads.ts';
import type { Corners } from '../../../../recognizer/plate.ts';
import type { Reading } from '../../../../sync/lists/matching/match.ts';
import { asOnTheNode } from '../as-on-the-node.ts';
import type { RecordedLook } from './recording.ts';

const somewhere: Corners = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

/** The looks as the node's own passage would hold them, up to where it is sure. */
function readsOf(looks: readonly RecordedLook[]): PlateReads {
  const reads = new PlateReads(asOnTheNode);
  for (const { timeMs, readability, ...look } of looks) {
    if (reads.sure) break;
    reads.add({ read: { corners: somewhere, rows: 1, ...look }, timeMs, readability });
  }
  return reads;
}

/** A vehicle as the node reports it: nulls where it would report no passage. */
export interface ReportedPassage {
  /** What matching is asked. */
  readonly reading: Reading | null;
  /** The text as it is read: the most probable once countries were asked. */
  readonly best: string | null;
}

/** What the node makes of these looks at one vehicle. */
export function reportedOf(looks: readonly RecordedLook[]): ReportedPassage {
  const reads = readsOf(looks);
  if (!reads.isPlate) return { reading: null, best: null };
  return { reading: reads.seen, best: reads.fused.spellings[0]?.text ?? null };
}
