import { quadOverlap } from '../../../recognizer/detector/quad-overlap.ts';
import type { Corners, PlateRead } from '../../../recognizer/plate.ts';
import { fold } from './fold.ts';
import type { LabelledPlate } from './labels.ts';

/** A labelled plate and the read that stands on it, if any does. */
export interface ScoredPlate {
  readonly plate: LabelledPlate;
  readonly read: PlateRead | null;
  readonly exact: boolean;
  /** Exact when O is taken for 0 and I for 1, which some national typefaces do not distinguish. */
  readonly folded: boolean;
}

export interface ScoredPicture {
  readonly plates: readonly ScoredPlate[];
  /** Reads that stand on no labelled plate. */
  readonly falseReads: readonly PlateRead[];
}

/** A labelled plate counts as found when a read overlaps it by at least this intersection over union. */
const FOUND_OVERLAP = 0.3;

/** Gives each labelled plate at most one read and each read to at most one plate. */
export function scorePicture(plates: readonly LabelledPlate[], reads: readonly PlateRead[]): ScoredPicture {
  const free = new Set(reads);
  const scored: ScoredPlate[] = [];
  for (const plate of plates) {
    const read = best(plate, [...free]);
    if (read !== null) free.delete(read);
    if (!plate.unscored) scored.push(scorePlate(plate, read));
  }
  return { plates: scored, falseReads: [...free] };
}

/** Scores one read against one label. */
export function scorePlate(plate: LabelledPlate, read: PlateRead | null): ScoredPlate {
  const text = read?.spellings[0]?.text ?? '';
  return { plate, read, exact: text === plate.text, folded: fold(text) === fold(plate.text) };
}

/** With a box the read that overlaps it most; without one the read that says the same, or else the surest. */
function best(plate: LabelledPlate, reads: readonly PlateRead[]): PlateRead | null {
  const { corners } = plate;
  if (corners === null) {
    return reads.find((read) => scorePlate(plate, read).folded) ?? reads[0] ?? null;
  }
  let most = FOUND_OVERLAP;
  let found: PlateRead | null = null;
  for (const read of reads) {
    const overlap = quadOverlap(isBox(corners) ? boxAround(read.corners) : read.corners, corners);
    if (overlap >= most) {
      most = overlap;
      found = read;
    }
  }
  return found;
}

/** Most sets label a plate by the upright box around it, of which a slanting plate itself fills but half. */
function isBox([a, b, c, d]: Corners): boolean {
  return a[1] === b[1] && c[1] === d[1] && a[0] === d[0] && b[0] === c[0];
}

function boxAround(corners: Corners): Corners {
  const across = corners.map(([x]) => x);
  const down = corners.map(([, y]) => y);
  const [left, right, top, bottom] = [Math.min(...across), Math.max(...across), Math.min(...down), Math.max(...down)];
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}
