import { performance } from 'node:perf_hooks';
import type { DetectedPlate } from './detector/plate-peaks.ts';
import type { AttemptRead } from './joined-reads.ts';
import type { Luma } from './luma.ts';
import type { Outline } from './outlines.ts';
import type { PlateRead } from './plate.ts';
import { type CropReading, Reader } from './reader/reader.ts';
import { INPUT_BYTES, ReaderInput } from './reader/reader-input.ts';
import type { Rows } from './reader/row-layout.ts';
import { CtcBeam } from './spellings/ctc-beam.ts';
import { withSyntax } from './syntax/syntax-prior.ts';

/** One way to read one plate: in this outline, as so many rows. */
export interface Attempt extends Outline {
  readonly plate: DetectedPlate;
  readonly rows: Rows;
}

export interface AttemptsRead {
  readonly reads: ReadonlyMap<DetectedPlate, readonly AttemptRead[]>;
  /** The reader's own probability, of all attempts on a plate the highest, that it is one. */
  readonly witness: ReadonlyMap<DetectedPlate, number>;
  readonly ms: { readonly rectify: number; readonly read: number };
}

/** Odds of being a plate are at most so much smaller for a text that no country writes: of plates, a few in a thousand to a few in a hundred are of their owners' choice. */
const LEAST_WITNESS = 0.03;

/** Reads plates in given outlines, a batch at a time: rectify, read, spell, weigh by national syntax. One call at a time. */
export class AttemptReader {
  readonly #reader: Reader;
  readonly #beam: CtcBeam;
  readonly #input = new ReaderInput();

  /** At most this many spellings a plate, and none less probable than the floor. */
  constructor(
    reader: Reader,
    { spellings, spellingFloor }: { readonly spellings: number; readonly spellingFloor: number },
  ) {
    this.#reader = reader;
    this.#beam = new CtcBeam({ spellings, floor: spellingFloor });
  }

  /** What is less probably a plate than this is not spelled out. */
  async read(luma: Luma, attempts: readonly Attempt[], minPlateProbability: number): Promise<AttemptsRead> {
    const reads = new Map<DetectedPlate, AttemptRead[]>();
    const witness = new Map<DetectedPlate, number>();
    const from = performance.now();
    let rectifyMs = 0;
    for (let start = 0; start < attempts.length; start += Reader.batch) {
      const batch = attempts.slice(start, start + Reader.batch);
      const rectifyFrom = performance.now();
      for (const [place, { corners, growth, rows }] of batch.entries())
        this.#input.write(luma, { corners, growth, rows }, this.#reader.crops, place * INPUT_BYTES);
      rectifyMs += performance.now() - rectifyFrom;
      const readings = await this.#reader.read(batch.length);
      for (const [place, attempt] of batch.entries()) {
        const reading = readings[place];
        if (reading === undefined) continue;
        witness.set(attempt.plate, Math.max(witness.get(attempt.plate) ?? 0, reading.plate));
        const read = this.#interpret(attempt, reading, minPlateProbability);
        if (read) reads.set(attempt.plate, [...(reads.get(attempt.plate) ?? []), read]);
      }
    }
    return { reads, witness, ms: { rectify: rectifyMs, read: performance.now() - from } };
  }

  /** Null for what is no readable plate: its spellings are not even searched for. */
  #interpret({ plate, corners, rows }: Attempt, reading: CropReading, minPlateProbability: number): AttemptRead | null {
    const seenProbability = agreed([plate.score, reading.plate], 1);
    if (seenProbability < minPlateProbability) return null;
    const seen = { spellings: this.#beam.spellings(reading.columns), countries: reading.countries };
    const { spellings, countries, fit } = withSyntax(seen);
    const best = spellings[0];
    if (best === undefined) return null;
    const plateProbability = agreed([plate.score, reading.plate], best.probability * witnessOf(fit));
    const read: PlateRead = { corners, plateProbability, rows, spellings, countries, seen };
    return { read, likelihood: best.probability * reading.plate };
  }
}

/** What no country writes is lettering more often than a plate; personal plates keep it from saying more than this. */
function witnessOf(fit: number): number {
  return Math.min(1, Math.max(LEAST_WITNESS, fit));
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
