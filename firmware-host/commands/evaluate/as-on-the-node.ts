import type { PlateReadsOptions } from '../../../recognizer/passages/plate-reads.ts';

/** How a node reads a passage by its own defaults (config/node-settings.ts). */
export const asOnTheNode: PlateReadsOptions = {
  maxReads: 8,
  decideAbove: 0.999999,
  minPlateProbability: 0.5,
  spellings: 64,
  spellingFloor: 1e-6,
};
