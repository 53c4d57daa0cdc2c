import type { Random } from '../../../demo/seeded-random.ts';

/** A figure with the interval in which it lies with 95 % confidence. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const z95 = 1.96;
const resamples = 1000;

/** A share of independent cases, with Wilson's interval (E. B. Wilson, 1927). */
export function shareOf(count: number, of: number): Estimate {
  if (of === 0) return { value: 0, low: 0, high: 1 };
  const share = count / of;
  const spread = z95 * Math.sqrt((share * (1 - share)) / of + (z95 * z95) / (4 * of * of));
  const scale = 1 + (z95 * z95) / of;
  const middle = share + (z95 * z95) / (2 * of);
  return { value: share, low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) };
}

/**
 * The mean over `of` passages of which only those in `amounts` contribute, with a bootstrap interval over passages: what one passage
 * does against several lists belongs together and is drawn together. What decides is rare and of very different weight, and resampling what was seen never
 * shows what was not: the upper end has one passage more, as bad as the worst that was seen.
 */
export function meanOf(amounts: readonly number[], of: number, random: Random): Estimate {
  if (of === 0) return { value: 0, low: 0, high: 1 };
  const value = amounts.reduce((sum, amount) => sum + amount, 0) / of;
  // Nothing seen in n passages: fewer than 3 in n with 95 % confidence, each at most as bad as a passage can be.
  if (amounts.length === 0) return { value: 0, low: 0, high: 3 / of };
  const worst = amounts.reduce((most, amount) => Math.max(most, amount), 0);
  const resampled = (all: readonly number[], part: number) => {
    const sums = Array.from({ length: resamples }, () => all.reduce((sum, one) => sum + one * poisson(random), 0));
    return (sums.sort((a, b) => a - b)[Math.floor(part * resamples)] ?? value * of) / of;
  };
  return { value, low: resampled(amounts, 0.025), high: resampled([...amounts, worst], 0.975) };
}

/** How often one of many passages comes up in a resample of as many: Poisson with mean 1 (D. E. Knuth's method). */
function poisson(random: Random): number {
  let count = -1;
  for (let product = 1; product > Math.exp(-1) || count < 0; count += 1) product *= random();
  return count;
}
