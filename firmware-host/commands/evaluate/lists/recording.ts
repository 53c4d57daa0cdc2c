import { createWriteStream } from 'node:fs';
import { appendFile, stat, truncate } from 'node:fs/promises';
import { z } from 'zod';
import { Fault } from '../../../../config/foundation/fault.ts';
import type { WeighedRead } from '../../../../recognizer/passages/fusion.ts';
import type { Hypotheses } from '../../../../recognizer/plate.ts';
import { type RecordingLine, recordingLines } from './recording-lines.ts';

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

/** What a vehicle truly carries. */
export interface RecordedPlate {
  readonly text: string;
  readonly country: string | null;
}

/** A vehicle whose plate is known, with everything that was read of it. */
export interface RecordedPassage extends RecordedPlate {
  /** Where it comes from: `rendered`, or the folder of photographs. */
  readonly set: string;
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
  readonly #path: string;
  readonly #file;

  constructor(path: string) {
    this.#path = path;
    this.#file = createWriteStream(path, { flags: 'a' });
    // Whoever adds or closes is told.
    this.#file.on('error', () => undefined);
  }

  /** Faults: `evaluate/unrecordable` when the line could not be read again, and then nothing is written; `evaluate/not-written`. */
  async add(passage: RecordedPassage): Promise<void> {
    const line = lineSchema.safeParse(lineOf(passage));
    if (!line.success) throw unrecordable(passage, line.error);
    await new Promise<void>((resolve, reject) =>
      this.#file.write(`${JSON.stringify(line.data)}\n`, (error) =>
        error ? reject(notWritten(this.#path, error)) : resolve(),
      ),
    );
  }

  /** Fault: `evaluate/not-written`. */
  close(): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#file.once('error', (error) => reject(notWritten(this.#path, error))).end(resolve),
    );
  }
}

function notWritten(path: string, cause: Error): Fault {
  const text = `cannot write ${path}: ${cause.message}; make room or name another file, and record again: what it holds stays`;
  return new Fault('evaluate/not-written', text, { cause });
}

function unrecordable({ set, text }: RecordedPassage, { issues }: z.ZodError): Fault {
  const [issue] = issues;
  const what = `the plate ${text} of ${set} cannot be recorded: ${issue?.path.join('.')}: ${issue?.message}`;
  return new Fault('evaluate/unrecordable', `${what}; mend its line of labels.tsv, or the models`);
}

/**
 * The passages of a recording. Where it was interrupted in its last line, that is told of and the recording ends there.
 * Fault: `evaluate/bad-readings`.
 */
export async function* recordedPassages(
  path: string,
  warn: (text: string) => void = (text) => process.stderr.write(`${text}\n`),
): AsyncGenerator<RecordedPassage> {
  for await (const line of recordingLines(path)) {
    const passage = passageOf(line.text);
    if (passage !== null) yield passage;
    else if (!isCutOff(line)) throw badLine(path, line);
    else
      warn(
        `${path}:${line.number}: the last line was cut off and is left out; --record with this file goes on from there`,
      );
  }
}

function badLine(path: string, { number }: RecordingLine): Fault {
  const text = `${path}:${number}: this is no line of a recording; take the line out, or name another file with --record`;
  return new Fault('evaluate/bad-readings', text);
}

/**
 * How many passages of a set a file holds. A last line that was cut off by an interruption is removed, and one that lacks its end
 * alone is given it. Faults: `evaluate/bad-readings` for a file that is no recording, which stays as it is, `evaluate/not-written`.
 */
export async function countRecorded(path: string, set: string): Promise<number> {
  let count = 0;
  for await (const line of mendedLines(path)) if (line.set === set) count += 1;
  return count;
}

/** Whose passages of a set a file holds, in order; its last line is mended, and faults are, as where they are counted. */
export async function recordedPlates(path: string, set: string): Promise<readonly RecordedPlate[]> {
  return (await recordedPlatesBySet(path, new Set([set]))).get(set) ?? [];
}

/** The same of several sets, looked through once; sets that the file does not hold are left out. */
export async function recordedPlatesBySet(
  path: string,
  sets: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly RecordedPlate[]>> {
  const plates = new Map<string, RecordedPlate[]>();
  for await (const line of mendedLines(path)) {
    if (!sets.has(line.set)) continue;
    const passage = passageOf(line.text);
    if (passage === null) throw badLine(path, line);
    const own = plates.get(line.set) ?? [];
    plates.set(line.set, own);
    own.push({ text: passage.text, country: passage.country });
  }
  return plates;
}

interface LineOfSet extends RecordingLine {
  readonly set: string;
}

/** Invariant: a file is changed at its end alone, after every line before it was found to be a recording's. */
async function* mendedLines(path: string): AsyncGenerator<LineOfSet> {
  if ((await stat(path).catch(() => null)) === null) return;
  const refuse = (cause: Error): never => {
    throw notWritten(path, cause);
  };
  for await (const line of recordingLines(path)) {
    const set = line.ended ? setOf(line.text) : (passageOf(line.text)?.set ?? null);
    if (set === null) {
      if (!isCutOff(line)) throw badLine(path, line);
      return await truncate(path, line.from).catch(refuse);
    }
    if (!line.ended) await appendFile(path, '\n').catch(refuse);
    yield { ...line, set };
  }
}

const beginning = '{"set":"';

/** Whether this can be what an interruption left of a line; anything else at a file's end is somebody's own. */
function isCutOff({ ended, text }: RecordingLine): boolean {
  return !ended && (text.startsWith(beginning) || beginning.startsWith(text));
}

/** Which set a line is of; null for what is no line of a recording. */
function setOf(line: string): string | null {
  // As lines are written, both ends of one tell: to parse the gigabytes between them would take minutes at each start.
  const [, name] = /^\{"set":("(?:[^"\\]|\\.)*"),/.exec(line) ?? [];
  const set = name !== undefined && line.endsWith(']}') ? jsonOf(name) : undefined;
  return typeof set === 'string' ? set : (passageOf(line)?.set ?? null);
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

/** Null for what is no line of a recording. */
function passageOf(line: string): RecordedPassage | null {
  const parsed = lineSchema.safeParse(jsonOf(line));
  if (!parsed.success) return null;
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
    // What is no JSON is no line of a recording; the schema refuses it.
    return undefined;
  }
}

/** Five digits that count: 1 - p of a sure reading is what matching lives on, so p near 1 keeps more. */
function short(probability: number): number {
  return probability > 0.9 ? Number(probability.toFixed(8)) : Number(probability.toPrecision(5));
}
