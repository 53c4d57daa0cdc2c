import type { DetectedPlate } from '../../../recognizer/detector/plate-peaks.ts';
import type { Luma } from '../../../recognizer/luma.ts';
import { decodeLuma } from '../../../recognizer/picture/decode-luma.ts';
import type { Recognizer } from '../../../recognizer/recognizer.ts';
import type { ReferenceWork } from '../../../recognizer/runtime/reference-work.ts';
import { type Spread, spreadOf } from '../quantile.ts';
import type { BenchPicture } from './bench-pictures.ts';

/**
 * Times in milliseconds on one core. Detecting and reading each apart: over all pictures before the next, as engines are commonly timed.
 * `read` and `rectify` are for one plate read by itself, and reading includes rectifying and closer looks. What is of plates is null
 * where none was found.
 */
export interface Measured {
  readonly pictures: number;
  readonly plates: number;
  readonly decode: Spread;
  readonly detect: Spread;
  readonly rectify: Spread | null;
  readonly read: Spread | null;
  /** Reading right after the plate's picture was decoded and searched, with the processor's caches full of that. */
  readonly readInTurn: Spread | null;
  /** Reading one look at a plate again, as is done once before a passage is reported. */
  readonly readAgain: Spread | null;
  /** Share of the plates that the detector had to look at again before they were read for sure; their time is in `read`. */
  readonly lookedCloser: number | null;
  /** A picture from its file's bytes to its plates' texts. */
  readonly total: Spread;
  /** The fixed work, to put machines in proportion. */
  readonly reference: Spread;
  /** Of the whole process, after everything. */
  readonly memoryMb: number;
}

const STAGES = ['decode', 'detect', 'rectify', 'read', 'readInTurn', 'readAgain', 'total', 'reference'] as const;

type Stage = (typeof STAGES)[number];

/** Rounds before times count: compilers and caches have to warm up. */
const WARM_UP = 20;
/** How many pictures take a stage together; decoded ones are large. */
const GROUP = 24;

/**
 * Takes the pictures through detecting and reading, each stage apart, and then through all stages picture by picture, `rounds`
 * times. Where the pictures' plates are known those are read, so that reading costs the same whatever the detector finds.
 */
export async function measure(
  { recognizer, reference }: { readonly recognizer: Recognizer; readonly reference: ReferenceWork },
  pictures: readonly BenchPicture[],
  rounds: number,
): Promise<Measured> {
  const stages = new StageTimer(recognizer);
  for (let round = -WARM_UP; round < rounds; round++) {
    stages.counts = round >= 0;
    for (let start = 0; start < pictures.length; start += GROUP) {
      const group = pictures.slice(start, start + GROUP);
      await stages.apart(group);
      for (const picture of group) await stages.inTurn(picture);
    }
    await stages.timed('reference', () => reference.once());
  }
  return { ...stages.measured(), pictures: pictures.length * rounds, memoryMb: process.memoryUsage().rss / 1e6 };
}

class StageTimer {
  /** Whether what is done is noted, or only warms up. */
  counts = false;
  readonly #recognizer: Recognizer;
  readonly #times = Object.fromEntries(STAGES.map((stage) => [stage, []])) as unknown as Record<Stage, number[]>;
  #plates = 0;
  #lookedAt = 0;

  constructor(recognizer: Recognizer) {
    this.#recognizer = recognizer;
  }

  /** Searches all of these pictures, then reads all their plates. */
  async apart(pictures: readonly BenchPicture[]): Promise<void> {
    const decoded: { readonly luma: Luma; readonly picture: BenchPicture }[] = [];
    for (const picture of pictures) decoded.push({ picture, luma: await decodeLuma(picture.bytes) });
    const searched: { readonly luma: Luma; readonly plates: readonly DetectedPlate[] }[] = [];
    for (const { picture, luma } of decoded) {
      const found = await this.timed('detect', () => this.#recognizer.detect(luma));
      searched.push({ luma, plates: platesOf(picture, found) });
    }
    for (const { luma, plates } of searched) {
      for (const plate of plates) {
        const [first] = await this.#recognizer.readQuads(luma, [plate]);
        const { rectify, read, looks } = this.#recognizer.lastMs;
        this.#note('rectify', rectify);
        this.#note('read', read);
        if (first !== undefined) await this.timed('readAgain', () => this.#recognizer.readAgain(luma, first));
        if (!this.counts) continue;
        this.#plates++;
        this.#lookedAt += Math.min(1, looks);
      }
    }
  }

  /** Takes one picture from its file's bytes to its plates' texts. */
  async inTurn(picture: BenchPicture): Promise<void> {
    await this.timed('total', async () => {
      // Many decoded ones held at once would cost the memory's first use, which a camera's frames do not.
      const luma = await this.timed('decode', () => decodeLuma(picture.bytes));
      for (const plate of platesOf(picture, await this.#recognizer.detect(luma))) {
        await this.#recognizer.readQuads(luma, [plate]);
        this.#note('readInTurn', this.#recognizer.lastMs.read);
      }
    });
  }

  async timed<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const from = performance.now();
    const result = await work();
    this.#note(stage, performance.now() - from);
    return result;
  }

  measured(): Omit<Measured, 'pictures' | 'memoryMb'> {
    const spread = (stage: Stage) => spreadOf(this.#times[stage]);
    const ofPlates = (stage: Stage) => (this.#times[stage].length > 0 ? spread(stage) : null);
    return {
      plates: this.#plates,
      decode: spread('decode'),
      detect: spread('detect'),
      rectify: ofPlates('rectify'),
      read: ofPlates('read'),
      readInTurn: ofPlates('readInTurn'),
      readAgain: ofPlates('readAgain'),
      lookedCloser: this.#plates > 0 ? this.#lookedAt / this.#plates : null,
      total: spread('total'),
      reference: spread('reference'),
    };
  }

  #note(stage: Stage, ms: number): void {
    if (this.counts) this.#times[stage].push(ms);
  }
}

function platesOf({ plates }: BenchPicture, found: readonly DetectedPlate[]): readonly DetectedPlate[] {
  return plates.length > 0 ? plates.map((corners) => ({ corners, score: 1 })) : found;
}
