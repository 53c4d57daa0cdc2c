import type { Spelling } from '../plate.ts';

/** A reader's output for one crop: per column the log-probability of the CTC blank, then of each character. */
export interface CharacterColumns {
  readonly logProbabilities: Float32Array;
  readonly alphabet: string;
}

export interface BeamOptions {
  /** At most this many spellings, the most probable first. */
  readonly spellings: number;
  /** Spellings less probable than this are left out. */
  readonly floor: number;
}

/** One prefix: a text that the columns so far may spell, by the probability of ending in the blank or in its last character. */
interface Prefix {
  readonly text: string;
  /** Index of the last character, -1 for the empty text. */
  readonly last: number;
  blank: number;
  character: number;
  nextBlank: number;
  nextCharacter: number;
  /** Round in which `next...` was written last. */
  round: number;
}

/**
 * The most probable texts under connectionist temporal classification, by prefix beam search (A. Hannun and others, 2014).
 * A path that is less probable than the floor by `SLACK` cannot lift a text over the floor by itself, so such paths and
 * prefixes are dropped early: a sharp read costs microseconds, a vague one is bounded by the beam's width.
 * Probabilities are kept linear: forty columns stay far from the smallest double.
 */
export function ctcSpellings(columns: CharacterColumns, options: BeamOptions): readonly Spelling[] {
  const symbols = columns.alphabet.length + 1;
  const count = columns.logProbabilities.length / symbols;
  const width = options.spellings * WIDER;
  const slack = options.floor * SLACK;
  const probabilities = new Float64Array(symbols);
  const known = new Map<string, Prefix>();
  let beam: Prefix[] = [prefixOf('', -1)];
  for (const prefix of beam) {
    prefix.blank = 1;
    known.set('', prefix);
  }
  for (let column = 0; column < count; column++) {
    const likely: number[] = [];
    for (let symbol = 0; symbol < symbols; symbol++) {
      const probability = Math.exp(columns.logProbabilities[column * symbols + symbol] ?? Number.NEGATIVE_INFINITY);
      probabilities[symbol] = probability;
      if (symbol > 0 && probability > slack) likely.push(symbol);
    }
    beam = nextBeam(beam, { round: column + 1, probabilities, likely, alphabet: columns.alphabet, known });
    beam = strongest(beam, width, slack);
  }
  return beam
    .map(({ text, blank, character }) => ({ text, probability: Math.min(1, blank + character) }))
    .filter(({ text, probability }) => text !== '' && probability > 0 && probability >= options.floor)
    .sort((a, b) => b.probability - a.probability)
    .slice(0, options.spellings);
}

/** The beam is this much wider than the result, because a text's paths do not all rank high on the way. */
const WIDER = 2;
const SLACK = 0.01;

interface Step {
  readonly round: number;
  readonly probabilities: Float64Array;
  readonly likely: readonly number[];
  readonly alphabet: string;
  /** Prefixes by text: two ways to the same text must meet. */
  readonly known: Map<string, Prefix>;
}

/** Extends every prefix by one column: stay by blank, stay by repeating the last character, or grow by a character. */
function nextBeam(beam: readonly Prefix[], step: Step): Prefix[] {
  const next: Prefix[] = [];
  const blankShare = step.probabilities[0] ?? 0;
  for (const prefix of beam) {
    const total = prefix.blank + prefix.character;
    touch(prefix, step.round, next);
    prefix.nextBlank += total * blankShare;
    if (prefix.last >= 0) prefix.nextCharacter += prefix.character * (step.probabilities[prefix.last + 1] ?? 0);
    for (const symbol of step.likely) {
      const from = symbol - 1 === prefix.last ? prefix.blank : total;
      if (from === 0) continue;
      const text = prefix.text + step.alphabet.charAt(symbol - 1);
      let grown = step.known.get(text);
      if (grown === undefined) {
        grown = prefixOf(text, symbol - 1);
        step.known.set(text, grown);
      }
      touch(grown, step.round, next);
      grown.nextCharacter += from * (step.probabilities[symbol] ?? 0);
    }
  }
  for (const prefix of next) {
    prefix.blank = prefix.nextBlank;
    prefix.character = prefix.nextCharacter;
  }
  return next;
}

function touch(prefix: Prefix, round: number, next: Prefix[]): void {
  if (prefix.round === round) return;
  prefix.round = round;
  prefix.nextBlank = 0;
  prefix.nextCharacter = 0;
  next.push(prefix);
}

function strongest(beam: Prefix[], width: number, slack: number): Prefix[] {
  const alive = slack > 0 ? beam.filter((prefix) => prefix.blank + prefix.character >= slack) : beam;
  const kept = alive.length > 0 ? alive : beam;
  if (kept.length <= width) return kept;
  return kept.sort((a, b) => b.blank + b.character - a.blank - a.character).slice(0, width);
}

function prefixOf(text: string, last: number): Prefix {
  return { text, last, blank: 0, character: 0, nextBlank: 0, nextCharacter: 0, round: 0 };
}
