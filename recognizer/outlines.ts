import type { Luma } from './luma.ts';
import type { Corners } from './plate.ts';
import { type Growth, grown, quadSize } from './rectifier/rectify.ts';
import { leaning, leanOf } from './rectifier/slant.ts';

/** A plate's outline, and what is added around it. */
export interface Outline {
  readonly corners: Corners;
  readonly growth: Growth;
}

/** A holder or a recess around a plate is taken for its rim now and then. */
const TIGHTER: Growth = { x: -0.05, y: -0.12 };
/** Of a plate that stands askew, or is bent around a bumper, the first detection cuts the ends off now and then, and a look at that alone does too. */
const LOOSER: Growth = { x: 0.06, y: 0.05 };

/** Strokes that lean less than this, in heights, need not be set upright. */
const LEANS = 0.2;

/**
 * The outlines to try one after another when the first did not do: the last look's with the plate's strokes set upright, where they lean,
 * and as it was, a tighter one, a looser one, what earlier looks saw.
 */
export function otherOutlines(luma: Luma, looks: readonly Corners[]): readonly Corners[] {
  const [first, ...newer] = looks;
  const last = newer.at(-1) ?? first;
  if (first === undefined || last === undefined) return [];
  return [
    ...upright(luma, last),
    ...newer.slice(-1),
    grown(last, TIGHTER),
    grown(first, LOOSER),
    ...newer.slice(0, -1),
  ];
}

function upright(luma: Luma, outline: Corners): readonly Corners[] {
  const lean = leanOf(luma, outline);
  return Math.abs(lean) < LEANS ? [] : [leaning(outline, lean)];
}

/** Tighter, looser, and moved to either side: about as far as one detection of a plate strays from the next. */
export function nearbyOutlines({ corners, growth }: Outline): readonly Outline[] {
  const { widthPx, heightPx } = quadSize(corners);
  const grownBy = (x: number, y: number): Outline => ({ corners, growth: { x: growth.x + x, y: growth.y + y } });
  const movedBy = (x: number, y: number): Outline => {
    const [a, b, c, d] = corners;
    const moved = ([cx, cy]: (typeof corners)[number]) => [cx + x * widthPx, cy + y * heightPx] as const;
    return { corners: [moved(a), moved(b), moved(c), moved(d)], growth };
  };
  return [grownBy(-0.02, -0.06), grownBy(0.03, 0.1), movedBy(0.012, 0.03), movedBy(-0.012, -0.03)];
}

/** Of a picture that is a plate and nothing else. */
export function wholePicture(luma: Luma): Corners {
  const right = luma.widthPx - 0.5;
  const bottom = luma.heightPx - 0.5;
  return [
    [-0.5, -0.5],
    [right, -0.5],
    [right, bottom],
    [-0.5, bottom],
  ];
}
