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

/** A plate that moves down or up the picture by so many of its heights on its way comes towards a camera above the road, or goes. */
const CLEAR_FALL_HEIGHTS = 1;
/** Without that, one that grows or shrinks by this factor has come nearer or gone away. */
const CLEAR_GROWTH = 1.1;

/**
 * The direction along these places; a plate that hardly moves or is seen once tells none. Both trends are medians over all
 * pairs of places (Theil and Sen's slope), so that a false sighting among them does not turn a vehicle round.
 */
export function directionOf(places: readonly PlatePlace[]): Direction {
  const fall = trend(places.map(({ y }) => y)) / Math.max(1, ...places.slice(0, 1).map(({ heightPx }) => heightPx));
  if (Math.abs(fall) > CLEAR_FALL_HEIGHTS) return fall > 0 ? 'approaching' : 'receding';
  const growth = trend(places.map(({ widthPx }) => Math.log(widthPx)));
  if (Math.abs(growth) < Math.log(CLEAR_GROWTH)) return 'unknown';
  return growth > 0 ? 'approaching' : 'receding';
}

/** How far the values go from first to last, at their median slope. */
function trend(values: readonly number[]): number {
  const slopes = values.flatMap((late, j) => values.slice(0, j).map((early, i) => (late - early) / (j - i)));
  const middle = slopes.sort((a, b) => a - b)[slopes.length >> 1] ?? 0;
  return middle * (values.length - 1);
}
