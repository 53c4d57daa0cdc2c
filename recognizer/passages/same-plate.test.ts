import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, contradict, editDistance } from './same-plate.ts';

const sure = (text: string, probability = 0.99) => [{ text, probability }];

describe('two reads', () => {
  it('are of the same plate when they share probability, even where their first guesses differ', () => {
    const doubtful = [
      { text: '1A8C234', probability: 0.45 },
      { text: '1ABC234', probability: 0.3 },
    ];
    expect(compare(doubtful, sure('1ABC234'))).toBe('same');
  });

  it('are of two plates when both are sure, even of neighbouring numbers of one fleet', () => {
    expect(compare(sure('1ABC234'), sure('1ABC235'))).toBe('other');
    expect(contradict(sure('1ABC234'), sure('1ABC235'))).toBe(false);
    expect(contradict(sure('1ABC234'), sure('XY98ZW'))).toBe(true);
  });

  it('name two plates when each means its own text, but for letters that look like digits', () => {
    expect(compare(sure('1ABC234', 0.6), sure('1ABC235', 0.6))).toBe('two');
    const alike = [
      { text: '1ABC235', probability: 0.95 },
      { text: '1ABC234', probability: 0.045 },
    ];
    expect(compare(alike, sure('1ABC234'))).toBe('two');
    expect(compare(sure('1ABC234', 0.6), sure('1ABC235', 0.4))).toBe('unclear');
    const lookalike = [
      { text: '101C234', probability: 0.6 },
      { text: '1OIC234', probability: 0.4 },
    ];
    expect(compare(sure('1OIC234'), lookalike)).toBe('same');
  });

  it('tell nothing when one of them is guesswork or silent', () => {
    expect(compare(sure('QQ', 0.2), sure('1ABC234'))).toBe('unclear');
    expect(compare([], sure('1ABC234'))).toBe('unclear');
    expect(contradict([], [])).toBe(false);
  });
});

it('measures the edit distance as a metric does', () => {
  const word = fc.string({ unit: fc.constantFrom('A', 'B', '1'), maxLength: 6 });
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      expect(editDistance(a, a)).toBe(0);
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      expect(editDistance(a, '')).toBe(a.length);
    }),
  );
});
