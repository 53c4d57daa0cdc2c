/** Median and 95th percentile, in the numbers' unit. */
export interface Spread {
  readonly median: number;
  readonly p95: number;
}

/** Of no numbers both are 0. */
export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { median: at(0.5), p95: at(0.95) };
}
