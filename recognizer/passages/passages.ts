import { uuidV7 } from '../../config/foundation/uuid-v7.ts';
import type { Luma } from '../luma.ts';
import { type Corners, noPlate, type PlateRead, type Point } from '../plate.ts';
import type { BestFrames, Picture } from './best-frames.ts';
import { directionOf, type Lane, laneOf } from './lanes.ts';
import type { Passage } from './passage.ts';
import { plateCutOut } from './plate-cut-out.ts';
import { inside, placeOf } from './plate-geometry.ts';
import { PlateReads, type PlateReadsOptions } from './plate-reads.ts';
import { readabilityOf } from './readability.ts';
import { Repeats } from './repeats.ts';
import { compare, contradict, nameOne } from './same-plate.ts';
import { type Sighting, sightingOf, Track } from './track.ts';
import { type Assignment, assign } from './tracker.ts';

/** A plate found in a frame, not read yet. */
export interface FoundPlate {
  readonly corners: Corners;
  readonly score: number;
}

/** Reads plates of a picture; a read keeps the corners object of its plate, and what is no readable plate is left out. */
export interface PlateReader {
  readQuads(luma: Luma, plates: readonly FoundPlate[]): Promise<readonly PlateRead[]>;
  /** Reads a plate again that was read in this picture, in more outlines than its own. */
  readAgain(luma: Luma, read: PlateRead): Promise<PlateRead>;
  /** Nobody is in sight: forgets what it keeps of the pictures that it was given. Called often, so it costs nothing where nothing is kept. */
  forgetPictures?(): void;
}

/** A picture of the camera with its time in Unix milliseconds. */
export interface TimedPicture extends Picture {
  readonly timeMs: number;
}

export interface PassagesOptions extends PlateReadsOptions {
  readonly camera: string;
  readonly lanes: readonly Lane[];
  /** Plates outside of it are not followed. */
  readonly regionOfInterest?: readonly Point[] | undefined;
  readonly closeAfterMs: number;
}

/** A frame, every plate that was found in it, and the tracks of vehicles that are visible in it. */
interface LookedAt {
  readonly picture: TimedPicture;
  readonly plates: readonly Corners[];
  readonly visible: ReadonlySet<Track>;
}

/** More plates in one frame, or more vehicles at a time, than any road shows: the rest is noise. */
const MOST_PLATES_A_FRAME = 24;
const MOST_TRACKS = 64;
/** A vehicle that stands in the picture is reported after so many times `closeAfterMs`, without waiting for it to leave. */
const LONGEST_WAIT = 10;

/**
 * Turns the plates of successive frames of one camera into passages: one a vehicle.
 * Invariants: a passage is returned exactly once, when its text is sure or its vehicle has left (the picture, or for `closeAfterMs` all sight), and nothing seen later
 * changes it; calls must not overlap; frames come in the order of their time (a step back closes everything, and forgets what was reported).
 */
export class Passages {
  readonly #options: PassagesOptions;
  readonly #reader: PlateReader;
  readonly #evidence: BestFrames;
  readonly #now: () => number;
  readonly #repeats = new Repeats();
  #tracks: Track[] = [];
  /** Of the last frame that was looked at. */
  #lastFrameMs = Number.NEGATIVE_INFINITY;
  /** Of the last frame, looked at or still, and what our own clock showed then. */
  #newest = { timeMs: Number.NEGATIVE_INFINITY, clockMs: 0 };
  #size = { widthPx: Number.POSITIVE_INFINITY, heightPx: Number.POSITIVE_INFINITY };
  #platesRead = 0;

  constructor(options: PassagesOptions, reader: PlateReader, evidence: BestFrames, now: () => number = Date.now) {
    this.#options = options;
    this.#reader = reader;
    this.#evidence = evidence;
    this.#now = now;
  }

  /** The number of plates read so far, for the counters. */
  get platesRead(): number {
    return this.#platesRead;
  }

  /** Follows the plates of this frame, reads the most readable, and returns the passages that are decided by it. */
  async add(picture: TimedPicture, found: readonly FoundPlate[]): Promise<readonly Passage[]> {
    const before = await this.#goOnTo(picture.timeMs);
    this.#lastFrameMs = picture.timeMs;
    const { widthPx, heightPx } = picture.luma;
    this.#size = { widthPx, heightPx };
    const reads = new Map<Sighting, PlateRead>();
    const assignments = await assign(this.#tracks, this.#sightings(picture, found), {
      ofTrack: (track) => track.reads.fused.spellings,
      ofSightings: async (sightings) => {
        await this.#read(picture, sightings, reads);
        return new Map([...reads].map(([sighting, read]) => [sighting, read.spellings]));
      },
    });
    await this.#read(
      picture,
      assignments.filter((assignment) => this.#deservesRead(assignment)).map(({ sighting }) => sighting),
      reads,
    );
    const plates = found.map(({ corners }) => corners);
    const frame = { picture, plates, visible: visibleTracks(assignments, reads) };
    for (const assignment of assignments) this.#follow(assignment, reads.get(assignment.sighting), frame);
    return [...before, ...(await this.#decide(picture.timeMs))];
  }

  /** Nothing moved since the last frame: what was in it is still there, and need not be looked for. */
  async still(timeMs: number): Promise<readonly Passage[]> {
    const before = await this.#goOnTo(timeMs);
    for (const track of this.#tracks) if (track.last.timeMs === this.#lastFrameMs) track.keepAlive(timeMs);
    const decided = await this.#decide(timeMs);
    this.#forgetPictures();
    return [...before, ...decided];
  }

  /** No more frames, for now or for ever: decides everything that is open. */
  async close(): Promise<readonly Passage[]> {
    const decided = await this.#decide(Number.POSITIVE_INFINITY);
    this.#forgetPictures();
    return decided;
  }

  /**
   * Forgets what was reported long enough ago, by our own clock. With a still picture or none at all this is all that does. A replay's
   * times may run ahead of that clock or stay behind, and it may be set back: only what passed on it since the last frame counts.
   */
  sweep(nowMs: number): void {
    const { timeMs, clockMs } = this.#newest;
    this.#repeats.forget(timeMs + Math.abs(nowMs - clockMs));
  }

  /** What a step back in time decides; what was reported is forgotten then, or it would be kept until the time catches up. */
  async #goOnTo(timeMs: number): Promise<readonly Passage[]> {
    const isBack = timeMs < this.#newest.timeMs;
    this.#newest = { timeMs, clockMs: this.#now() };
    if (!isBack) return [];
    const decided = await this.close();
    this.#repeats.stepBack(timeMs);
    return decided;
  }

  #forgetPictures(): void {
    if (this.#tracks.length === 0) this.#reader.forgetPictures?.();
  }

  #sightings({ luma, timeMs }: TimedPicture, found: readonly FoundPlate[]): readonly Sighting[] {
    const { regionOfInterest } = this.#options;
    return [...found]
      .sort((a, b) => b.score - a.score)
      .slice(0, MOST_PLATES_A_FRAME)
      .filter(({ corners }) => corners.flat().every(Number.isFinite))
      .map(({ corners, score }) => sightingOf({ corners, score, timeMs, readability: readabilityOf(luma, corners) }))
      .filter(({ place }) => regionOfInterest === undefined || inside(regionOfInterest, place.x, place.y));
  }

  #deservesRead({ sighting, track }: Assignment): boolean {
    return track === null ? sighting.readability > 0 : !track.decided && track.reads.deserve(sighting.readability);
  }

  async #read(picture: TimedPicture, sightings: readonly Sighting[], reads: Map<Sighting, PlateRead>): Promise<void> {
    const unread = sightings.filter((sighting) => sighting.readability > 0 && !reads.has(sighting));
    if (unread.length === 0) return;
    const results = await this.#reader.readQuads(picture.luma, unread);
    this.#platesRead += unread.length;
    // What the reader left out counts as a look that found no plate.
    for (const sighting of unread)
      reads.set(sighting, results.find((read) => read.corners === sighting.corners) ?? noPlate(sighting.corners));
  }

  #follow(assignment: Assignment, read: PlateRead | undefined, { picture, plates, visible }: LookedAt): void {
    const { sighting } = assignment;
    const followed = this.#continued(assignment, read, visible) ?? this.#begin(sighting);
    if (read === undefined || followed.decided) return;
    const { timeMs, readability } = sighting;
    const cut = plateCutOut(picture.luma, read.outline ?? read.corners);
    const isBest = followed.reads.add({ read, timeMs, readability, cut });
    if (!isBest) return;
    const others = plates.filter((corners) => corners !== sighting.corners);
    this.#evidence.keep(followed.id, picture, read.corners, others);
  }

  /** The track that this sighting continues, after a look at the text; null where a new one begins. */
  #continued({ sighting, track }: Assignment, read: PlateRead | undefined, visible: ReadonlySet<Track>): Track | null {
    const known = track === null ? this.#lost(sighting, read, visible) : visible.has(track) ? track : undefined;
    known?.see(sighting);
    return known ?? null;
  }

  /** A track that was lost from sight and has this text; one that is visible elsewhere in the frame is another vehicle. */
  #lost({ timeMs }: Sighting, read: PlateRead | undefined, visible: ReadonlySet<Track>): Track | undefined {
    const text = read?.spellings ?? [];
    // Of a vehicle that was decided nothing is read any more: whoever is taken for it by mistake is never reported.
    const agrees = ({ reads, decided }: Track) =>
      decided ? nameOne(reads.fused.spellings, text) : compare(reads.fused.spellings, text) === 'same';
    return this.#tracks.find((track) => track.last.timeMs < timeMs && !visible.has(track) && agrees(track));
  }

  #begin(sighting: Sighting): Track {
    const track = new Track(uuidV7(this.#now()), sighting, new PlateReads(this.#options));
    this.#tracks.push(track);
    return track;
  }

  /** Decides what is sure, gone or waited long enough, and lets go of what is gone. */
  async #decide(timeMs: number): Promise<readonly Passage[]> {
    const { closeAfterMs } = this.#options;
    const decided: Passage[] = [];
    const excess = this.#tracks.length - MOST_TRACKS;
    const gone = this.#tracks.filter((track, at) => timeMs - track.aliveMs > closeAfterMs || at < excess);
    for (const track of this.#tracks) {
      const waited = track.reads.count > 0 && timeMs - track.first.timeMs > LONGEST_WAIT * closeAfterMs;
      const due = gone.includes(track) || waited || this.#droveOut(track, timeMs);
      if (track.decided || !(due || track.reads.sure)) continue;
      await track.reads.readAgain(async ({ luma, corners }, read) => {
        const again = await this.#reader.readAgain(luma, { ...read, corners, outline: corners });
        return { ...again, corners: read.corners };
      });
      if (!due && !track.reads.sure) continue;
      track.decided = true;
      const passage = this.#passageOf(track);
      if (passage === null) this.#evidence.forget(track.id);
      else {
        this.#evidence.reported(track.id);
        decided.push(passage);
      }
    }
    this.#tracks = this.#tracks.filter((track) => !gone.includes(track));
    return decided;
  }

  /**
   * Whether the plate, not found any more, must have left the picture: nothing that is still to come could change its text,
   * and whoever waits for the hit should not wait longer. Its track stays, so that it is not reported again.
   */
  #droveOut(track: Track, timeMs: number): boolean {
    if (!Number.isFinite(timeMs) || track.aliveMs >= timeMs || !track.hasVelocity) return false;
    const { x, y, widthPx, heightPx } = track.predict(timeMs);
    const [besidePx, belowPx] = [Math.min(x, this.#size.widthPx - x), Math.min(y, this.#size.heightPx - y)];
    return besidePx < widthPx / 2 || belowPx < heightPx / 2;
  }

  /** Null for what was never read, is probably no plate, or was reported before. */
  #passageOf(track: Track): Passage | null {
    const { spellings, countries } = track.reads.fused;
    const { plateProbability: _, ...seen } = track.reads.seen;
    const { best } = track.reads;
    if (best === null || !track.reads.isPlate || this.#repeats.seenBefore(track, spellings)) return null;
    return {
      id: track.id,
      camera: this.#options.camera,
      lane: laneOf(this.#options.lanes, track.places),
      direction: directionOf(track.places),
      firstSeenMs: Math.round(track.first.timeMs),
      lastSeenMs: Math.round(track.last.timeMs),
      decidedMs: this.#now(),
      framesSeen: track.framesSeen,
      framesRead: track.reads.count,
      plateHeightPx: Math.round(placeOf(best.read.corners).heightPx),
      spellings,
      countries,
      seen,
    };
  }
}

/** The tracks that this frame's sightings continue: all they were given to, but for those whose text says something quite different. */
function visibleTracks(
  assignments: readonly Assignment[],
  reads: ReadonlyMap<Sighting, PlateRead>,
): ReadonlySet<Track> {
  return new Set(
    assignments.flatMap(({ sighting, track }) => {
      const text = reads.get(sighting)?.spellings ?? [];
      return track === null || contradict(track.reads.fused.spellings, text) ? [] : [track];
    }),
  );
}
