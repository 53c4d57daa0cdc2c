import { createReadStream, createWriteStream } from 'node:fs';
import { stat, truncate } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { Fault } from '../../../../config/foundation/fault.ts';
import type { WeighedRead } from '../../../../recognizer/passages/fusion.ts';
import type { Hypotheses } from '../../../../recognizer/plate.ts';

/** One look at a vehicle as the recognizer read it; what fusion needs of it. */
export interface RecordedLook extends Hypotheses {
  readonly timeMs: number;
  readonly readability: number;
  readonly plateProbability: number;
  /** What the picture alone said. */
  readonly seen: Hypotheses;
}

export function lookOf({ read, timeMs, readability }: WeighedRead): RecordedLook {
  const { plateProbability, spellings, countries, seen } = read;
  return { timeMs, readability, plateProbability, spellings, countries, seen };
}

/** A vehicle whose plate is known, with everything that was read of it. */
export interface RecordedPassage {
  /** Where it comes from: `rendered`, or the folder of photographs. */
  readonly set: string;
  readonly text: string;
  readonly country: string | null;
  readonly looks: readonly RecordedLook[];
}

/** Told after each passage or picture that was recorded. */
export type RecordProgress = (done: number, of: number, set: string) => void;

const share = z.number().min(0).max(1);
const pairs = z.array(z.tuple([z.string().max(32), share])).max(512);
const hypotheses = { spellings: pairs, countries: pairs };
const lineSchema = z.object({
  set: z.string().max(200),
  text: z.string().max(32),
  country: z.string().max(8).nullable(),
  looks: z
    .array(z.object({ ms: z.number(), readability: share, plate: share, ...hypotheses, seen: z.object(hypotheses) }))
    .max(256),
});

/** Countries that say next to nothing are not kept. */
const leastCountry = 1e-4;

/** Appends passages to a file, one JSON object a line. */
export class RecordingWriter {
  readonly #file;

  constructor(path: string) {
    this.#file = createWriteStream(path, { flags: 'a' });
    // Whoever adds or closes is told.
    this.#file.on('error', () => undefined);
  }

  add(passage: RecordedPassage): Promise<void> {
    const line = `${JSON.stringify(lineOf(passage))}\n`;
    return new Promise((resolve, reject) => this.#file.write(line, (error) => (error ? reject(error) : resolve())));
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => this.#file.once('error', reject).end(resolve));
  }
}

/** The passages of a recording. Fault: `evaluate/bad-readings`. */
export async function* recordedPassages(path: string): AsyncGenerator<RecordedPassage> {
  const file = createReadStream(path);
  file.on('error', () => undefined);
  let number = 0;
  try {
    for await (const line of createInterface({ input: file, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      yield passageOf(line, `${path}:${number}`);
    }
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('evaluate/bad-readings', `cannot read the readings in ${path}; make them with --record`, { cause });
  }
}

/** How many passages of a set a file holds; a line that was cut off by an interruption is removed. */
export async function countRecorded(path: string, set: string): Promise<number> {
  const whole = await stat(path).catch(() => null);
  if (whole === null) return 0;
  let count = 0;
  let bytes = 0;
  const mark = `{"set":${JSON.stringify(set)},`;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const end = bytes + Buffer.byteLength(line) + 1;
    if (end > whole.size) {
      await truncate(path, bytes);
      break;
    }
    bytes = end;
    if (line.startsWith(mark)) count += 1;
  }
  return count;
}

function lineOf({ set, text, country, looks }: RecordedPassage): z.input<typeof lineSchema> {
  return {
    set,
    text,
    country,
    looks: looks.map((look) => ({
      ms: look.timeMs,
      readability: short(look.readability),
      plate: short(look.plateProbability),
      ...pairsOf(look),
      seen: pairsOf(look.seen),
    })),
  };
}

function pairsOf({ spellings, countries }: Hypotheses): z.input<z.ZodObject<typeof hypotheses>> {
  return {
    spellings: spellings.map((one) => [one.text, short(one.probability)]),
    countries: countries
      .filter(({ probability }) => probability >= leastCountry)
      .map((one) => [one.country, short(one.probability)]),
  };
}

function hypothesesOf({ spellings, countries }: z.output<z.ZodObject<typeof hypotheses>>): Hypotheses {
  return {
    spellings: spellings.map(([text, probability]) => ({ text, probability })),
    countries: countries.map(([country, probability]) => ({ country, probability })),
  };
}

function passageOf(line: string, place: string): RecordedPassage {
  const parsed = lineSchema.safeParse(jsonOf(line));
  if (!parsed.success) throw new Fault('evaluate/bad-readings', `${place}: this is no line of a recording`);
  const { looks, ...rest } = parsed.data;
  return {
    ...rest,
    looks: looks.map(({ ms, readability, plate, seen, ...read }) => ({
      timeMs: ms,
      readability,
      plateProbability: plate,
      ...hypothesesOf(read),
      seen: hypothesesOf(seen),
    })),
  };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // What is no JSON is no line of a recording; the schema refuses it with its place.
    return undefined;
  }
}

/** Five digits that count: 1 - p of a sure reading is what matching lives on, so p near 1 keeps more. */
function short(probability: number): number {
  return probability > 0.9 ? Number(probability.toFixed(8)) : Number(probability.toPrecision(5));
}
