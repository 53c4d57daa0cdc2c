import { PlateReads } from '../../../../recognizer/passages/plate-reads.ts';
import type { Corners } from '../../../../recognizer/plate.ts';
import type { Reading } from '../../../../sync/lists/match.ts';
import { asOnTheNode } from '../as-on-the-node.ts';
import type { RecordedLook } from './recording.ts';

const somewhere: Corners = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

/** The looks as the node's own passage would hold them, up to where it is sure. */
export function readsOf(looks: readonly RecordedLook[]): PlateReads {
  const reads = new PlateReads(asOnTheNode);
  for (const { timeMs, readability, ...look } of looks) {
    if (reads.sure) break;
    reads.add({ read: { corners: somewhere, rows: 1, ...look }, timeMs, readability });
  }
  return reads;
}

/** What matching is asked about this vehicle; null where the node would not report a passage. */
export function readingOf(looks: readonly RecordedLook[]): Reading | null {
  const reads = readsOf(looks);
  return reads.isPlate ? reads.seen : null;
}
