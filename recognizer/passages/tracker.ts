import type { Spelling } from '../plate.ts';
import { compare } from './same-plate.ts';
import type { Sighting, Track } from './track.ts';

/** A sighting and the track it continues, or null for a plate not seen before. */
export interface Assignment {
  readonly sighting: Sighting;
  readonly track: Track | null;
}

/** What is needed of text where motion alone does not tell two vehicles apart. */
export interface Texts {
  /** What is known of the track's plate so far; empty when nothing was read. */
  ofTrack(track: Track): readonly Spelling[];
  /** Reads these sightings of the current frame. */
  ofSightings(sightings: readonly Sighting[]): Promise<ReadonlyMap<Sighting, readonly Spelling[]>>;
}

/**
 * 130 km/h are 70 plate widths a second on the road; seen from a gantry the picture shows most of that. What is faster is
 * another vehicle.
 */
const FASTEST_WIDTHS_PER_SECOND = 60;
const FARTHEST_WIDTHS = 12;
/** Closer than this to where the track should be, and after no longer a time, a sighting needs no text. */
const SURE_WIDTHS = 0.6;
const SURE_WITHIN_MS = 250;
/** Farther than this, what could not be read is not taken for what could. */
const NEAR_WIDTHS = 2;
/** A prediction errs in proportion to the way it covers. */
const SURE_STEP_SHARE = 0.2;
const DOUBTFUL_STEP_SHARE = 0.5;
/** Plates of one vehicle change their width by no more than this factor (natural logarithm), and so much more a second. */
const SCALE_TOLERANCE = 0.3;
const SCALE_TOLERANCE_PER_SECOND = 1.2;

interface Pair {
  readonly track: Track;
  readonly sighting: Sighting;
  /** Distance from the prediction as a share of what is still believed. */
  readonly cost: number;
  readonly sure: boolean;
  /** Whether the distance is one that needs no explanation, in whatever time. */
  readonly near: boolean;
}

/**
 * Gives each sighting of a frame to the track it continues. Pairs that agree with the predicted motion are taken first, the
 * nearest first; where a plate may have moved far (low frame rates, missed frames, a second sighting) it is read, and the
 * text decides: the same text wins over any other candidate, another text forbids, an unclear one leaves it to motion.
 * Invariant: after a gap in which one vehicle can have taken another's place, a sighting that continues a track was offered to the
 * reader first, and its text is not certainly another; where either of the two could not be read, it lies within `NEAR_WIDTHS`.
 */
export async function assign(
  tracks: readonly Track[],
  sightings: readonly Sighting[],
  texts: Texts,
): Promise<readonly Assignment[]> {
  const pairs = tracks.flatMap((track) => sightings.flatMap((sighting) => pairOf(track, sighting) ?? []));
  const taken = new Map<Sighting, Track>();
  const busy = new Set<Track>();
  const take = (candidates: readonly Pair[]) => {
    for (const { track, sighting } of [...candidates].sort((a, b) => a.cost - b.cost)) {
      if (taken.has(sighting) || busy.has(track)) continue;
      taken.set(sighting, track);
      busy.add(track);
    }
  };
  take(pairs.filter((pair) => pair.sure));
  const doubtful = pairs.filter((pair) => !pair.sure && !taken.has(pair.sighting) && !busy.has(pair.track));
  if (doubtful.length > 0) {
    const read = await texts.ofSightings([...new Set(doubtful.map((pair) => pair.sighting))]);
    const bothSay = ({ track, sighting }: Pair) =>
      texts.ofTrack(track).length > 0 && (read.get(sighting) ?? []).length > 0;
    const said = doubtful.map((pair) => compare(texts.ofTrack(pair.track), read.get(pair.sighting) ?? []));
    take(doubtful.filter((_, at) => said[at] === 'same'));
    take(doubtful.filter((pair, at) => said[at] === 'unclear' && (pair.near || bothSay(pair))));
    take(doubtful.filter((pair, at) => said[at] === 'two' && pair.near));
  }
  return sightings.map((sighting) => ({ sighting, track: taken.get(sighting) ?? null }));
}

function pairOf(track: Track, sighting: Sighting): Pair | null {
  const expected = track.predict(sighting.timeMs);
  const elapsedS = (sighting.timeMs - track.last.timeMs) / 1000;
  const scaleTolerance = SCALE_TOLERANCE + Math.min(0.7, SCALE_TOLERANCE_PER_SECOND * elapsedS);
  const scale = Math.abs(Math.log(sighting.place.widthPx / expected.widthPx));
  if (scale > scaleTolerance) return null;
  const width = Math.sqrt(expected.widthPx * sighting.place.widthPx);
  const distance = Math.hypot(sighting.place.x - expected.x, sighting.place.y - expected.y) / width;
  const reach = track.hasVelocity
    ? 1 + DOUBTFUL_STEP_SHARE * expected.stepWidths
    : 1 + Math.min(FARTHEST_WIDTHS, FASTEST_WIDTHS_PER_SECOND * elapsedS);
  if (distance > reach) return null;
  const expectedHere = distance <= SURE_WIDTHS + SURE_STEP_SHARE * Math.min(expected.stepWidths, 3);
  const sure = expectedHere && elapsedS * 1000 <= SURE_WITHIN_MS;
  return { track, sighting, sure, near: distance <= NEAR_WIDTHS, cost: distance / reach + scale / scaleTolerance / 4 };
}
