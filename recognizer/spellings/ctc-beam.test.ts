import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CharacterColumns, CtcBeam } from './ctc-beam.ts';

/** Every path through the columns, collapsed and summed: what CTC means, at exponential cost. */
function bruteForce({ logProbabilities, alphabet }: CharacterColumns): Map<string, number> {
  const symbols = alphabet.length + 1;
  const columns = logProbabilities.length / symbols;
  const sums = new Map<string, number>();
  for (let path = 0; path < symbols ** columns; path++) {
    let text = '';
    let probability = 1;
    let previous = 0;
    for (let column = 0, rest = path; column < columns; column++, rest = Math.floor(rest / symbols)) {
      const symbol = rest % symbols;
      probability *= Math.exp(logProbabilities[column * symbols + symbol]!);
      if (symbol !== 0 && symbol !== previous) text += alphabet[symbol - 1];
      previous = symbol;
    }
    sums.set(text, (sums.get(text) ?? 0) + probability);
  }
  return sums;
}

function columnsOf(alphabet: string, weights: readonly (readonly number[])[]): CharacterColumns {
  const logProbabilities = weights.flatMap((column) => {
    const sum = column.reduce((a, b) => a + b, 0);
    return column.map((weight) => Math.log(weight / sum));
  });
  return { alphabet, logProbabilities: Float32Array.from(logProbabilities) };
}

/** Columns of blank, A and B or of blank, A, B and C, from certain to undecided. */
const randomColumns = fc.integer({ min: 2, max: 3 }).chain((letters) =>
  fc
    .array(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: letters + 1, maxLength: letters + 1 }), {
      minLength: 1,
      maxLength: 6,
    })
    .map((weights) =>
      columnsOf(
        'ABC'.slice(0, letters),
        weights.map((column) => column.map((weight) => 2 ** weight)),
      ),
    ),
);

describe('the spellings of a read', () => {
  it('are exactly the sums over all paths when nothing is cut', () => {
    const beam = new CtcBeam({ spellings: 4096, floor: 0 });
    fc.assert(
      fc.property(randomColumns, (columns) => {
        const truth = bruteForce(columns);
        truth.delete('');
        const spellings = beam.spellings(columns);
        expect(spellings.length).toBe(truth.size);
        for (const { text, probability } of spellings) expect(probability).toBeCloseTo(truth.get(text)!, 9);
      }),
      { numRuns: 200 },
    );
  });

  it('well above the floor are all found, and none says more than the truth', () => {
    const floor = 0.01;
    // What a prefix loses at each of six columns is less than a fifth of the floor.
    const surely = floor * (1 + 6 / 5);
    const beam = new CtcBeam({ spellings: 64, floor });
    fc.assert(
      fc.property(randomColumns, (columns) => {
        const truth = bruteForce(columns);
        truth.delete('');
        const found = new Map(beam.spellings(columns).map(({ text, probability }) => [text, probability]));
        for (const [text, probability] of found) expect(probability).toBeLessThanOrEqual(truth.get(text)! + 1e-9);
        for (const [text, probability] of truth) if (probability > surely) expect(found.has(text)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('come most probable first, no text twice, and sum to at most one', () => {
    const beam = new CtcBeam({ spellings: 8, floor: 1e-6 });
    fc.assert(
      fc.property(randomColumns, (columns) => {
        const spellings = beam.spellings(columns);
        const probabilities = spellings.map(({ probability }) => probability);
        expect(spellings.length).toBeLessThanOrEqual(8);
        expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
        expect(new Set(spellings.map(({ text }) => text)).size).toBe(spellings.length);
        expect(probabilities.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1 + 1e-6);
      }),
    );
  });

  it('keep a doubled character apart from a long one', () => {
    const sure = (symbol: number) => [0, 1, 2].map((i) => (i === symbol ? 1000 : 1));
    const beam = new CtcBeam({ spellings: 4, floor: 1e-6 });
    expect(beam.spellings(columnsOf('AB', [sure(1), sure(1), sure(0), sure(2)]))[0]?.text).toBe('AB');
    expect(beam.spellings(columnsOf('AB', [sure(1), sure(0), sure(1), sure(2)]))[0]?.text).toBe('AAB');
  });

  it('are none for a read that says nothing, and do not remember the read before', () => {
    const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    const nothing = { alphabet, logProbabilities: new Float32Array(40 * 37).fill(-Math.log(37)) };
    const beam = new CtcBeam({ spellings: 64, floor: 1e-6 });
    expect(beam.spellings(nothing)).toEqual([]);
    const a = columnsOf('AB', [[1, 8, 3]]);
    expect(beam.spellings(a)).toEqual(new CtcBeam({ spellings: 64, floor: 1e-6 }).spellings(a));
  });
});
