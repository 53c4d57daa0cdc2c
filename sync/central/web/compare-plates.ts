import { fold } from '../../../config/foundation/fold.ts';

/** `alike`: O beside 0 or I beside 1, which national typefaces draw alike, and a `?` beside anything. */
export type Likeness = 'same' | 'alike' | 'different';

/** One character as listed above the one that was read; null where the other has one more. */
export interface PlateColumn {
  readonly listed: string | null;
  readonly read: string | null;
  readonly likeness: Likeness;
}

const costs: Readonly<Record<Likeness, number>> = { same: 0, alike: 0.25, different: 1 };

/** Lays two spellings above each other with as few differences as there can be, so that one missing character shows as one. */
export function comparePlates(listed: string, read: string): readonly PlateColumn[] {
  const cost = alignmentCosts(listed, read);
  const columns: PlateColumn[] = [];
  let i = listed.length;
  let j = read.length;
  while (i > 0 || j > 0) {
    const above = listed[i - 1] ?? null;
    const below = read[j - 1] ?? null;
    const here = at(cost, i, j);
    if (above !== null && below !== null) {
      const likeness = likenessOf(above, below);
      if (here === at(cost, i - 1, j - 1) + costs[likeness]) {
        columns.push({ listed: above, read: below, likeness });
        i -= 1;
        j -= 1;
        continue;
      }
    }
    const leftOut = above !== null && here === at(cost, i - 1, j) + 1;
    columns.push({ listed: leftOut ? above : null, read: leftOut ? null : below, likeness: 'different' });
    if (leftOut) i -= 1;
    else j -= 1;
  }
  return columns.reverse();
}

/** Weighted edit distance of every two beginnings (R. A. Wagner and M. J. Fischer, 1974). */
function alignmentCosts(listed: string, read: string): readonly (readonly number[])[] {
  const cost: number[][] = [Array.from({ length: read.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= listed.length; i++) {
    const row = [i];
    for (let j = 1; j <= read.length; j++) {
      const pair = costs[likenessOf(listed[i - 1] ?? '', read[j - 1] ?? '')];
      row.push(Math.min(at(cost, i - 1, j - 1) + pair, at(cost, i - 1, j) + 1, (row[j - 1] ?? 0) + 1));
    }
    cost.push(row);
  }
  return cost;
}

function at(cost: readonly (readonly number[])[], i: number, j: number): number {
  return cost[i]?.[j] ?? Number.POSITIVE_INFINITY;
}

function likenessOf(listed: string, read: string): Likeness {
  if (listed === read) return 'same';
  return listed === '?' || fold(listed) === fold(read) ? 'alike' : 'different';
}
