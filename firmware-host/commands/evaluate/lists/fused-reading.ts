import { PlateReads, type PlateReadsOptions } from '../../../../recognizer/passages/plate-reads.ts';
import type { Corners } from '../../../../recognizer/plate.ts';
import type { Reading } from '../../../../sync/lists/match.ts';
import type { RecordedLook } from './recording.ts';

/** The node's own defaults (config/node-settings.ts). */
const asOnTheNode: PlateReadsOptions = {
  maxReads: 8,
  decideAbove: 0.999,
  minPlateProbability: 0.5,
  spellings: 64,
  spellingFloor: 1e-6,
};
const somewhere: Corners = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

/** The looks as the node's own passage would hold them, up to where it is sure. */
export function readsOf(looks: readonly RecordedLook[]): PlateReads {
  const reads = new PlateReads(asOnTheNode);
  for (const { timeMs, readability, plateProbability, spellings, countries } of looks) {
    if (reads.sure) break;
    reads.add({ read: { corners: somewhere, rows: 1, plateProbability, spellings, countries }, timeMs, readability });
  }
  return reads;
}

/** What matching is asked about this vehicle; null where the node would not report a passage. */
export function readingOf(looks: readonly RecordedLook[]): Reading | null {
  const reads = readsOf(looks);
  return reads.isPlate ? reads.fused : null;
}
