import type { Corners } from '../plate.ts';
import { type PlatePlace, placeOf } from './plate-geometry.ts';
import type { PlateReads } from './plate-reads.ts';

/** One plate found in one frame. */
export interface Sighting {
  readonly timeMs: number;
  readonly corners: Corners;
  /** The detector's. */
  readonly score: number;
  readonly place: PlatePlace;
  readonly readability: number;
}

/** Speed is measured over so many past sightings: enough to smooth a corner's jitter, few enough to follow perspective. */
const RECENT_SIGHTINGS = 4;
/** Places beyond these are thinned out: a vehicle that stands for an hour must not fill the memory. */
const MOST_PLACES = 64;

/** What is known of one plate over successive frames: where it was, how it moves, and what was read. */
export class Track {
  readonly first: Sighting;
  /** Places over its whole way, thinned, for the lane. */
  readonly places: PlatePlace[] = [];
  decided = false;
  framesSeen = 0;
  #recent: Sighting[] = [];
  #aliveMs: number;

  constructor(
    readonly id: string,
    first: Sighting,
    readonly reads: PlateReads,
  ) {
    this.first = first;
    this.#aliveMs = first.timeMs;
    this.see(first);
  }

  get last(): Sighting {
    return this.#recent.at(-1) ?? this.first;
  }

  /** When the vehicle was last known to be in the picture: seen, or standing in a picture that did not change. */
  get aliveMs(): number {
    return this.#aliveMs;
  }

  get hasVelocity(): boolean {
    return this.#recent.length > 1;
  }

  see(sighting: Sighting): void {
    this.framesSeen++;
    this.#aliveMs = sighting.timeMs;
    this.#recent = [...this.#recent, sighting].slice(-RECENT_SIGHTINGS);
    if (this.places.length >= MOST_PLACES) this.places.splice(1 + (this.framesSeen % (MOST_PLACES - 2)), 1);
    this.places.push(sighting.place);
  }

  /** The picture did not change since this plate was seen: the vehicle stands there still. */
  keepAlive(timeMs: number): void {
    this.#aliveMs = timeMs;
  }

  /**
   * Where the plate should be at a time. Speed counts in plate widths, so that a vehicle that comes nearer gets faster in
   * the picture as perspective makes it; growth is taken as steady.
   */
  predict(timeMs: number): PlatePlace & { readonly stepWidths: number } {
    const { place, timeMs: lastMs } = this.last;
    const [oldest] = this.#recent;
    const spanMs = oldest === undefined ? 0 : lastMs - oldest.timeMs;
    if (oldest === undefined || spanMs <= 0) return { ...place, stepWidths: 0 };
    const elapsedMs = timeMs - lastMs;
    const growth = Math.log(place.widthPx / oldest.place.widthPx) / spanMs;
    const factor = Math.exp(Math.min(Math.max(growth * elapsedMs, -0.7), 0.7));
    const scale = (elapsedMs / spanMs) * Math.sqrt(factor * (place.widthPx / oldest.place.widthPx));
    const dx = (place.x - oldest.place.x) * scale;
    const dy = (place.y - oldest.place.y) * scale;
    const widthPx = place.widthPx * factor;
    return {
      x: place.x + dx,
      y: place.y + dy,
      widthPx,
      heightPx: place.heightPx * factor,
      stepWidths: Math.hypot(dx, dy) / widthPx,
    };
  }

  /** Whether the plate has hardly moved since it was first seen: a parked car, or a sign that looks like a plate. */
  get stands(): boolean {
    return (
      Math.hypot(this.last.place.x - this.first.place.x, this.last.place.y - this.first.place.y) <
      this.first.place.widthPx
    );
  }
}

export function sightingOf(seen: Omit<Sighting, 'place'>): Sighting {
  return { ...seen, place: placeOf(seen.corners) };
}
