import type { Spelling } from '../plate.ts';
import { compare } from './same-plate.ts';
import type { Track } from './track.ts';

/** A vehicle that left and comes back so soon was only hidden: by a gantry, by a lorry, by a missed detection. */
const HIDDEN_MS = 5000;
/**
 * A parked car, or a sign that reads like a plate, found again at its place after so long is still the same. No longer: what
 * is on no list must be forgotten within a minute of leaving the picture, here too.
 */
const STANDING_MS = 50_000;
const MOST_REMEMBERED = 256;

interface Known {
  readonly track: Track;
  readonly spellings: readonly Spelling[];
}

/** Remembers for a while, in memory, what was reported, so that one vehicle is not reported twice. */
export class Repeats {
  #known: Known[] = [];

  get size(): number {
    return this.#known.length;
  }

  /**
   * Lets go of what can be no repeat any more, by the time of the frames; to be called now and then, since an empty road brings nobody who
   * would. What lies so far ahead is let go of too: the clock was set back, and would catch up only much later.
   */
  forget(nowMs: number): void {
    this.#known = this.#known.filter(
      ({ track }) => Math.abs(nowMs - track.aliveMs) <= (track.stands ? STANDING_MS : HIDDEN_MS),
    );
  }

  /** The clock was set back: keeps only who may be in the picture still, for until the clock catches up nobody else is forgotten. */
  stepBack(nowMs: number): void {
    this.#known = this.#known.filter(({ track }) => Math.abs(nowMs - track.aliveMs) <= HIDDEN_MS);
  }

  /**
   * Whether this plate was reported a moment ago, or stands where it was reported; remembers it in any case. The next number of one fleet
   * shares some probability with it, but both are meant: better one vehicle reported twice than another not at all.
   */
  seenBefore(track: Track, spellings: readonly Spelling[]): boolean {
    this.#known = this.#known.slice(-MOST_REMEMBERED + 1);
    const repeated = this.#known.some(
      (known) =>
        compare(known.spellings, spellings) === 'same' &&
        apartMs(known.track, track) <= (standsWhere(known.track, track) ? STANDING_MS : HIDDEN_MS),
    );
    this.#known.push({ track, spellings });
    return repeated;
  }
}

function apartMs(known: Track, track: Track): number {
  return Math.max(0, track.first.timeMs - known.aliveMs, known.first.timeMs - track.aliveMs);
}

function standsWhere(known: Track, track: Track): boolean {
  const { place } = known.last;
  const away = Math.hypot(track.first.place.x - place.x, track.first.place.y - place.y);
  return known.stands && track.stands && away < place.widthPx;
}
