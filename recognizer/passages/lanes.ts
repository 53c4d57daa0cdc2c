import type { Point } from '../plate.ts';
import type { Direction } from './passage.ts';
import { inside, type PlatePlace } from './plate-geometry.ts';

/** A part of the picture with a name; corners in pixels. */
export interface Lane {
  readonly name: string;
  readonly polygon: readonly Point[];
}

/** The lane on which the plate was seen most often; the lane named first wins a draw; null where it was on none. */
export function laneOf(lanes: readonly Lane[], places: readonly PlatePlace[]): string | null {
  let best: string | null = null;
  let most = 0;
  for (const lane of lanes) {
    const times = places.filter((place) => inside(lane.polygon, place.x, place.y)).length;
    if (times > most) {
      best = lane.name;
      most = times;
    }
  }
  return best;
}

/** A plate that grows or shrinks by this factor has come nearer or gone away. */
const CLEAR_GROWTH = 1.1;
/** With no clear growth, a plate that moves down the picture by so many of its heights comes towards a camera above the road. */
const CLEAR_FALL_HEIGHTS = 1;

/** The direction from the first place to the last; a plate that hardly moves or is seen once tells none. */
export function directionOf(first: PlatePlace, last: PlatePlace): Direction {
  const growth = last.widthPx / first.widthPx;
  if (growth > CLEAR_GROWTH) return 'approaching';
  if (growth < 1 / CLEAR_GROWTH) return 'receding';
  const fall = (last.y - first.y) / first.heightPx;
  if (fall > CLEAR_FALL_HEIGHTS) return 'approaching';
  return fall < -CLEAR_FALL_HEIGHTS ? 'receding' : 'unknown';
}
