import { fold } from '../../../config/foundation/fold.ts';
import { quadOverlap } from '../../../recognizer/detector/quad-overlap.ts';
import type { Corners, PlateRead } from '../../../recognizer/plate.ts';
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

/**
 * Gives each labelled plate at most one read and each read to at most one plate: with a box the read that overlaps it most; without one a
 * read that says the same, and only when all of those are given out the surest that is left.
 */
export function scorePicture(plates: readonly LabelledPlate[], reads: readonly PlateRead[]): ScoredPicture {
  const free = new Set(reads);
  const given = new Map<LabelledPlate, PlateRead>();
  const give = (to: readonly LabelledPlate[], choose: (plate: LabelledPlate) => PlateRead | undefined) => {
    for (const plate of to) {
      const read = given.has(plate) ? undefined : choose(plate);
      if (read === undefined) continue;
      given.set(plate, read);
      free.delete(read);
    }
  };
  const unboxed = plates.filter(({ corners }) => corners === null);
  give(plates, ({ corners }) => (corners === null ? undefined : standingOn(corners, free)));
  give(unboxed, (plate) => [...free].find((read) => scorePlate(plate, read).folded));
  give(unboxed, () => [...free][0]);
  const scored = plates.filter(({ unscored }) => !unscored);
  return { plates: scored.map((plate) => scorePlate(plate, given.get(plate) ?? null)), falseReads: [...free] };
}

/** Scores one read against one label. */
export function scorePlate(plate: LabelledPlate, read: PlateRead | null): ScoredPlate {
  const text = read?.spellings[0]?.text ?? '';
  return { plate, read, exact: text === plate.text, folded: fold(text) === fold(plate.text) };
}

/** The read that overlaps a box most, if any does far enough. */
function standingOn(corners: Corners, reads: Iterable<PlateRead>): PlateRead | undefined {
  let most = FOUND_OVERLAP;
  let found: PlateRead | undefined;
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
