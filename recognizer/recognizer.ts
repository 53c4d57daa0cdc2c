import { performance } from 'node:perf_hooks';
import { type Attempt, AttemptReader } from './attempt-reader.ts';
import { Detector } from './detector/detector.ts';
import { type DetectedPlate, SAME_PLATE_OVERLAP } from './detector/plate-peaks.ts';
import { quadOverlap } from './detector/quad-overlap.ts';
import { type AttemptRead, joinedRead } from './joined-reads.ts';
import type { Luma } from './luma.ts';
import { nearbyOutlines, otherOutlines, wholePicture } from './outlines.ts';
import { type Corners, noPlate, type PlateRead } from './plate.ts';
import { Reader } from './reader/reader.ts';
import { possibleRows } from './reader/row-layout.ts';
import type { Growth } from './rectifier/rectify.ts';
import type { DetectorCard, ReaderCard } from './runtime/model-card.ts';
import { knownCountries } from './syntax/country-syntax.ts';

export interface RecognizerOptions {
  /** The folder with detector.onnx, reader.onnx and their cards. */
  readonly modelsFolder: string;
  /** At most this many spellings a plate, and none less probable than the floor. */
  readonly spellings?: number;
  readonly spellingFloor?: number;
  /** Detector peaks below this are not looked at; by default what the model card advises. */
  readonly minScore?: number;
  /** Reads that are less probably a plate than this are left out. */
  readonly minPlateProbability?: number;
}

/** Times of the last call of each stage, in milliseconds; reading includes looking closer and rectifying. */
export interface StageTimes {
  readonly detect: number;
  readonly rectify: number;
  readonly read: number;
  /** How many plates were looked at more closely. */
  readonly looks: number;
}

interface TurnOptions {
  /** What is added around a plate in the first turn. */
  readonly firstGrowth: Growth;
  readonly minPlateProbability: number;
  /** Whether a plate may be read as it was found, before any closer look. */
  plainly(plate: DetectedPlate): boolean;
  /** Whether what a closer look saw can be this whole plate. */
  mayBe?(plate: DetectedPlate, look: Corners): boolean;
}

/** A first read this likely needs no closer look; after one, less is enough. */
const SURE_AT_ONCE = 0.97;
const SURE = 0.9;
/** What the reader takes for a plate with less than this, whatever its outline, needs no closer look. */
const HOPELESS = 0.02;
/** After a closer look it must seem one: tried often enough, some outline of anything looks like a plate. */
const LIKELY = 0.9;
/** A closer look at a plate that was cut out shares at least so much of it. */
const WHOLE_CROP = 0.65;
const MOST_TURNS = 6;
const NO_GROWTH: Growth = { x: 0, y: 0 };

/** Finds and reads plates in pictures: detect, rectify, read, spell, weigh by national syntax. One call at a time. */
export class Recognizer {
  readonly #detector: Detector;
  readonly #reader: Reader;
  readonly #options: Required<Omit<RecognizerOptions, 'modelsFolder'>>;
  readonly #growth: Growth;
  readonly #attempts: AttemptReader;
  #times: StageTimes = { detect: 0, rectify: 0, read: 0, looks: 0 };

  private constructor(detector: Detector, reader: Reader, options: RecognizerOptions) {
    this.#detector = detector;
    this.#reader = reader;
    this.#growth = { x: reader.card.input.marginX, y: reader.card.input.marginY };
    this.#options = {
      spellings: options.spellings ?? 64,
      spellingFloor: options.spellingFloor ?? 1e-6,
      minScore: options.minScore ?? detector.advisedThreshold,
      minPlateProbability: options.minPlateProbability ?? 0.5,
    };
    this.#attempts = new AttemptReader(reader, this.#options);
  }

  /** Loads both models. Faults: `model/missing`, `model/bad-card`, `model/altered`, `model/unloadable`. */
  static async open(options: RecognizerOptions): Promise<Recognizer> {
    // Read now, or the first plate would wait for the countries' files.
    knownCountries();
    const detector = await Detector.open(options.modelsFolder);
    return new Recognizer(detector, await Reader.open(options.modelsFolder), options);
  }

  /** What the models' cards say of them. */
  get cards(): { readonly detector: DetectorCard; readonly reader: ReaderCard } {
    return { detector: this.#detector.card, reader: this.#reader.card };
  }

  get lastMs(): StageTimes {
    return this.#times;
  }

  /** Every readable plate in a still picture, the surest detection first; where none is, one that fills the picture is looked for. */
  async read(luma: Luma): Promise<readonly PlateRead[]> {
    const reads = [...(await this.#readCloser(luma, await this.detect(luma))).values()];
    if (reads.length > 0) return eachOnce(reads);
    const before = this.#times;
    const from = performance.now();
    const large = await this.#detector.detectLarge(luma, this.#options.minScore);
    const detect = performance.now() - from;
    const readLarge = [...(await this.#readCloser(luma, large)).values()];
    this.#times = together(before, { ...this.#times, detect });
    return eachOnce(readLarge);
  }

  /** Where plates are; nothing is read. */
  async detect(luma: Luma): Promise<readonly DetectedPlate[]> {
    const from = performance.now();
    const plates = await this.#detector.detect(luma, this.#options.minScore);
    this.#times = { detect: performance.now() - from, rectify: 0, read: 0, looks: 0 };
    return plates;
  }

  /**
   * Reads plates that were found in this very picture; leaves out what turns out to be no readable plate. A read keeps the
   * corners object of its plate, and tells the outline in which it was read best.
   */
  async readQuads(luma: Luma, plates: readonly DetectedPlate[]): Promise<readonly PlateRead[]> {
    const reads = await this.#readCloser(luma, plates);
    return [...reads].map(([plate, read]) => ({ ...read, corners: plate.corners, outline: read.corners }));
  }

  /** The reads by the plate that was asked for, each with the corners of the outline that it was best read in. */
  async #readCloser(luma: Luma, plates: readonly DetectedPlate[]): Promise<ReadonlyMap<DetectedPlate, PlateRead>> {
    const { minPlateProbability } = this.#options;
    const found = await this.#readInTurns(luma, plates, {
      firstGrowth: this.#growth,
      minPlateProbability,
      plainly: ({ corners }) => this.#detector.isExact(luma, corners),
    });
    const plain = [...found].map(([plate, { read }]) => [plate, read] as const);
    return new Map(plain.filter(([, read]) => read.plateProbability >= minPlateProbability));
  }

  /**
   * Reads each plate as it was found; one that this does not make sure of is looked at more closely and read again, each
   * turn in another outline, until it is sure. What is not sure after that is read again around its best outline.
   */
  async #readInTurns(
    luma: Luma,
    plates: readonly DetectedPlate[],
    { firstGrowth, minPlateProbability, plainly, mayBe = () => true }: TurnOptions,
  ): Promise<ReadonlyMap<DetectedPlate, AttemptRead>> {
    const from = performance.now();
    const attempted = new Map<DetectedPlate, readonly AttemptRead[]>();
    const joined = new Map<DetectedPlate, AttemptRead>();
    const outlines = new Map<DetectedPlate, readonly Corners[]>();
    const hopeless = new Set<DetectedPlate>();
    let rectifyMs = 0;
    let lookedAt = 0;
    for (let turn = 0; turn < MOST_TURNS; turn++) {
      const enough = turn < 2 ? SURE_AT_ONCE : SURE;
      const doubtful = plates.filter(
        (plate) =>
          (joined.get(plate)?.likelihood ?? 0) < enough && (turn > 0 || plainly(plate)) && !hopeless.has(plate),
      );
      const attempts: Attempt[] = [];
      for (const plate of doubtful) {
        if (turn === 1) {
          lookedAt++;
          const looks = (await this.#detector.lookCloser(luma, plate)).filter((look) => mayBe(plate, look));
          outlines.set(plate, otherOutlines(luma, looks));
        }
        const corners = turn === 0 ? plate.corners : outlines.get(plate)?.[turn - 1];
        if (corners !== undefined)
          attempts.push(...this.#attemptsOn(plate, corners, turn === 0 ? firstGrowth : this.#growth));
      }
      if (attempts.length === 0) continue;
      const { reads, witness, ms } = await this.#attempts.read(luma, attempts, minPlateProbability);
      const least = turn === 0 ? HOPELESS : LIKELY;
      for (const [plate, seen] of witness) if (minPlateProbability > 0 && seen < least) hopeless.add(plate);
      rectifyMs += ms.rectify;
      for (const [plate, some] of reads) {
        const all = [...(attempted.get(plate) ?? []), ...some];
        attempted.set(plate, all);
        const together = joinedRead(all, this.#options.spellings);
        if (together !== undefined) joined.set(plate, together);
      }
    }
    for (const [plate, { read, likelihood }] of joined) {
      if (likelihood >= SURE_AT_ONCE || hopeless.has(plate)) continue;
      const growth = read.corners === plate.corners ? firstGrowth : this.#growth;
      joined.set(plate, { read: await this.#readAgain(luma, read, growth), likelihood });
    }
    this.#times = { ...this.#times, rectify: rectifyMs, read: performance.now() - from, looks: lookedAt };
    return joined;
  }

  #attemptsOn(plate: DetectedPlate, corners: Corners, growth: Growth): readonly Attempt[] {
    return possibleRows(corners).map((rows) => ({ plate, corners, rows, growth }));
  }

  /**
   * Reads a plate that was read in this picture again, in outlines that differ from the one that it was read best in as one detection differs from the next,
   * and mixes what they say with it: what the network is sure of by the chance of one outline, another contradicts. How
   * probably it is a plate stays as it was.
   */
  async readAgain(luma: Luma, read: PlateRead): Promise<PlateRead> {
    const again = await this.#readAgain(luma, { ...read, corners: read.outline ?? read.corners }, this.#growth);
    return { ...again, corners: read.corners };
  }

  /** The same for a plate that `readCrop` read. */
  async readCropAgain(luma: Luma, read: PlateRead): Promise<PlateRead> {
    const asItWasCut = wholePicture(luma).flat().join() === read.corners.flat().join();
    return await this.#readAgain(luma, read, asItWasCut ? NO_GROWTH : this.#growth);
  }

  async #readAgain(luma: Luma, read: PlateRead, growth: Growth): Promise<PlateRead> {
    const plate = { corners: read.corners, score: 0.5 };
    const attempts = nearbyOutlines({ corners: read.corners, growth }).map((one) => ({
      ...one,
      plate,
      rows: read.rows,
    }));
    const { reads, ms } = await this.#attempts.read(luma, attempts, 0);
    this.#times = { ...this.#times, ...ms };
    const first = { read, likelihood: read.spellings[0]?.probability ?? 0 };
    const { corners, rows, plateProbability } = read;
    const joined = joinedRead([first, ...(reads.get(plate) ?? [])], this.#options.spellings);
    return joined === undefined ? read : { ...joined.read, corners, rows, plateProbability };
  }

  /** Reads a picture that is one plate already cut out, however unlikely a plate it is. */
  async readCrop(luma: Luma): Promise<PlateRead> {
    return await this.#readOne(luma, wholePicture(luma), NO_GROWTH);
  }

  /**
   * Reads a plate that was found in a larger picture than this, however unlikely a plate it is; the read keeps these corners, and tells the
   * outline in which it was read best.
   */
  async readFound(luma: Luma, corners: Corners): Promise<PlateRead> {
    const read = await this.#readOne(luma, corners, this.#growth);
    return { ...read, corners, outline: read.corners };
  }

  async #readOne(luma: Luma, corners: Corners, firstGrowth: Growth): Promise<PlateRead> {
    // The detector's witness says neither yes nor no.
    const plate = { corners, score: 0.5 };
    const reads = await this.#readInTurns(luma, [plate], {
      firstGrowth,
      minPlateProbability: 0,
      plainly: () => true,
      // Within a plate that was cut out, the lower of two rows looks like a plate of its own.
      mayBe: (whole, look) => quadOverlap(whole.corners, look) >= WHOLE_CROP,
    });
    return reads.get(plate)?.read ?? noPlate(corners);
  }

  /** Nobody is in sight: keeps nothing of the last picture. */
  forgetPictures(): void {
    this.#detector.forgetPictures();
  }

  async close(): Promise<void> {
    await this.#detector.close();
    await this.#reader.close();
  }
}

function together(a: StageTimes, b: StageTimes): StageTimes {
  return {
    detect: a.detect + b.detect,
    rectify: a.rectify + b.rectify,
    read: a.read + b.read,
    looks: a.looks + b.looks,
  };
}

/** Without what is another read of the same plate: closer looks at two parts of a large one both find the whole. */
function eachOnce(reads: readonly PlateRead[]): readonly PlateRead[] {
  const kept: PlateRead[] = [];
  for (const read of [...reads].sort((a, b) => b.plateProbability - a.plateProbability))
    if (kept.every(({ corners }) => quadOverlap(corners, read.corners) < SAME_PLATE_OVERLAP)) kept.push(read);
  return reads.filter((read) => kept.includes(read));
}
