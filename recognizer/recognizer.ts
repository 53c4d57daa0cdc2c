import { performance } from 'node:perf_hooks';
import { Detector } from './detector/detector.ts';
import type { DetectedPlate } from './detector/plate-peaks.ts';
import type { Luma } from './luma.ts';
import type { Corners, PlateRead } from './plate.ts';
import { type CropReading, Reader } from './reader/reader.ts';
import {
  CROP_BYTES,
  CROP_HEIGHT_PX,
  CROP_WIDTH_PX,
  possibleRows,
  type Rows,
  rowsSideBySide,
  TWO_ROW_HEIGHT_PX,
  TWO_ROW_WIDTH_PX,
} from './reader/row-layout.ts';
import { type Growth, grown, rectify } from './rectifier/rectify.ts';
import { CtcBeam } from './spellings/ctc-beam.ts';
import { withSyntax } from './syntax/syntax-prior.ts';

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
}

/** One way to read one plate: the crop at this place of the batch shows it in so many rows. */
interface Attempt {
  readonly plate: DetectedPlate;
  /** The plate's outline as this attempt takes it. */
  readonly corners: Corners;
  readonly rows: Rows;
  readonly growth: Growth;
}

interface AttemptRead {
  readonly read: PlateRead;
  /** How well the text was made out, to choose between attempts on one plate. */
  readonly likelihood: number;
}

/** A read this likely is not tried again. */
const SURE = 0.9;
const MOST_TURNS = 4;
/** A holder or a recess around a plate is taken for its rim now and then. */
const TIGHTER: Growth = { x: -0.05, y: -0.12 };
const NO_GROWTH: Growth = { x: 0, y: 0 };

/** Finds and reads plates in pictures: detect, rectify, read, spell, weigh by national syntax. One call at a time. */
export class Recognizer {
  readonly #detector: Detector;
  readonly #reader: Reader;
  readonly #options: Required<Omit<RecognizerOptions, 'modelsFolder'>>;
  readonly #growth: Growth;
  readonly #beam: CtcBeam;
  readonly #twoRows = new Uint8Array(TWO_ROW_WIDTH_PX * TWO_ROW_HEIGHT_PX);
  #times: StageTimes = { detect: 0, rectify: 0, read: 0 };

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
    this.#beam = new CtcBeam({ spellings: this.#options.spellings, floor: this.#options.spellingFloor });
  }

  /** Loads both models. Faults: `model/missing`, `model/bad-card`, `model/altered`, `model/unloadable`. */
  static async open(options: RecognizerOptions): Promise<Recognizer> {
    const detector = await Detector.open(options.modelsFolder);
    return new Recognizer(detector, await Reader.open(options.modelsFolder), options);
  }

  get lastMs(): StageTimes {
    return this.#times;
  }

  /** Every readable plate in the picture, the surest detection first. */
  async read(luma: Luma): Promise<readonly PlateRead[]> {
    return [...(await this.#readCloser(luma, await this.detect(luma))).values()];
  }

  /** Where plates are; nothing is read. */
  async detect(luma: Luma): Promise<readonly DetectedPlate[]> {
    const from = performance.now();
    const plates = await this.#detector.detect(luma, this.#options.minScore);
    this.#times = { detect: performance.now() - from, rectify: 0, read: 0 };
    return plates;
  }

  /**
   * Reads plates that were found in this very picture; leaves out what turns out to be no readable plate. A read keeps the
   * corners object of its plate.
   */
  async readQuads(luma: Luma, plates: readonly DetectedPlate[]): Promise<readonly PlateRead[]> {
    const reads = await this.#readCloser(luma, plates);
    return [...reads].map(([plate, read]) => ({ ...read, corners: plate.corners }));
  }

  /** The reads by the plate that was asked for, each with the corners that a closer look gave. */
  async #readCloser(luma: Luma, plates: readonly DetectedPlate[]): Promise<ReadonlyMap<DetectedPlate, PlateRead>> {
    const { minPlateProbability } = this.#options;
    const from = performance.now();
    /** What the first turn takes for a plate, with the likeliest read of all turns. */
    const found = new Map<DetectedPlate, AttemptRead>();
    const looks = new Map<DetectedPlate, readonly Corners[]>();
    for (const plate of plates) looks.set(plate, await this.#detector.lookCloser(luma, plate));
    let rectifyMs = 0;
    for (let turn = 0; turn < MOST_TURNS; turn++) {
      const doubtful = turn === 0 ? plates : [...found].flatMap(([plate, one]) => (one.likelihood < SURE ? plate : []));
      const attempts = doubtful.flatMap((plate) => {
        const corners = outlineOfTurn(looks.get(plate) ?? [], turn);
        return corners === null ? [] : this.#attemptsOn(plate, corners);
      });
      const reads = await this.#readAttempts(luma, attempts, minPlateProbability);
      rectifyMs += this.#times.rectify;
      for (const [plate, some] of reads) {
        const before = found.get(plate);
        const best = likeliest(before === undefined ? some : [before, ...some]);
        if (best !== undefined) found.set(plate, best);
      }
    }
    this.#times = { ...this.#times, rectify: rectifyMs, read: performance.now() - from };
    const plain = [...found].map(([plate, { read }]) => [plate, read] as const);
    return new Map(plain.filter(([, read]) => read.plateProbability >= minPlateProbability));
  }

  #attemptsOn(plate: DetectedPlate, corners: Corners): readonly Attempt[] {
    return possibleRows(corners).map((rows) => ({ plate, corners, rows, growth: this.#growth }));
  }

  /** Reads a picture that is one plate already cut out, however unlikely a plate it is. */
  async readCrop(luma: Luma): Promise<PlateRead> {
    // Nobody looked for it, so the detector's witness says neither yes nor no.
    const plate = { corners: outline(luma), score: 0.5 };
    const { corners } = plate;
    const attempts = possibleRows(corners).map((rows): Attempt => ({ plate, corners, rows, growth: NO_GROWTH }));
    const reads = await this.#readAttempts(luma, attempts, 0);
    const none = { corners: plate.corners, plateProbability: 0, rows: 1, spellings: [], countries: [] } as const;
    return likeliest(reads.get(plate) ?? [])?.read ?? none;
  }

  async close(): Promise<void> {
    await this.#detector.close();
    await this.#reader.close();
  }

  async #readAttempts(
    luma: Luma,
    attempts: readonly Attempt[],
    minPlateProbability: number,
  ): Promise<ReadonlyMap<DetectedPlate, readonly AttemptRead[]>> {
    const reads = new Map<DetectedPlate, AttemptRead[]>();
    const from = performance.now();
    let rectifyMs = 0;
    for (let start = 0; start < attempts.length; start += Reader.batch) {
      const batch = attempts.slice(start, start + Reader.batch);
      const rectifyFrom = performance.now();
      for (const [place, attempt] of batch.entries()) this.#cut(luma, attempt, place);
      rectifyMs += performance.now() - rectifyFrom;
      const readings = await this.#reader.read(batch.length);
      for (const [place, attempt] of batch.entries()) {
        const reading = readings[place];
        const read = reading && this.#interpret(attempt, reading, minPlateProbability);
        if (read) reads.set(attempt.plate, [...(reads.get(attempt.plate) ?? []), read]);
      }
    }
    this.#times = { ...this.#times, rectify: rectifyMs, read: performance.now() - from };
    return reads;
  }

  #cut(luma: Luma, { corners, rows, growth }: Attempt, place: number): void {
    const offset = place * CROP_BYTES;
    if (rows === 1) {
      const target = { data: this.#reader.crops, offset, widthPx: CROP_WIDTH_PX, heightPx: CROP_HEIGHT_PX };
      rectify(luma, corners, growth, target);
    } else {
      const target = { data: this.#twoRows, offset: 0, widthPx: TWO_ROW_WIDTH_PX, heightPx: TWO_ROW_HEIGHT_PX };
      rectify(luma, corners, growth, target);
      rowsSideBySide(this.#twoRows, this.#reader.crops, offset);
    }
  }

  /** Null for what is no readable plate: its spellings are not even searched for. */
  #interpret({ plate, corners, rows }: Attempt, reading: CropReading, minPlateProbability: number): AttemptRead | null {
    const seenProbability = agreed([plate.score, reading.plate], 1);
    if (seenProbability < minPlateProbability) return null;
    const seen = this.#beam.spellings(reading.columns);
    const { spellings, countries } = withSyntax({ spellings: seen, countries: reading.countries });
    const best = spellings[0];
    if (best === undefined) return null;
    const plateProbability = agreed([plate.score, reading.plate], best.probability);
    const read: PlateRead = { corners, plateProbability, rows, spellings, countries };
    return { read, likelihood: best.probability * reading.plate };
  }
}

function likeliest(reads: readonly AttemptRead[]): AttemptRead | undefined {
  return reads.length === 0
    ? undefined
    : reads.reduce((best, other) => (other.likelihood > best.likelihood ? other : best));
}

/** The outline to try in this turn: the last look first, then a tighter one, then what the earlier looks saw. */
function outlineOfTurn(looks: readonly Corners[], turn: number): Corners | null {
  const last = looks.at(-1);
  if (last === undefined) return null;
  if (turn === 0) return last;
  if (turn === 1) return grown(last, TIGHTER);
  return looks.at(-turn) ?? null;
}

/**
 * Independent witnesses of an even chance: their odds multiply. Lettering that nobody can make out is rarely a plate, so
 * the odds shrink with the best text's probability too.
 */
function agreed(witnesses: readonly number[], textProbability: number): number {
  const yes = witnesses.reduce((product, witness) => product * witness, textProbability);
  const no = witnesses.reduce((product, witness) => product * (1 - witness), 1);
  return yes + no > 0 ? yes / (yes + no) : 0;
}

function outline(luma: Luma): Corners {
  const right = luma.widthPx - 0.5;
  const bottom = luma.heightPx - 0.5;
  return [
    [-0.5, -0.5],
    [right, -0.5],
    [right, bottom],
    [-0.5, bottom],
  ];
}
