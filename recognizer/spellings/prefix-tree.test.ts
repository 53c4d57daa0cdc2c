import { expect, it } from 'vitest';
import { PrefixTree } from './prefix-tree.ts';

it('a tree of prefixes that was cleared tells none of its texts any more', () => {
  const tree = new PrefixTree(64, { slack: 1e-6, width: 8 });
  const only = (symbol: number) => ({
    shares: Float64Array.from({ length: 4 }, (_, at) => (at === symbol ? 1 : 0)),
    likely: Int32Array.of(symbol),
    likelyCount: 1,
  });
  tree.clear();
  for (const symbol of [1, 2, 3]) tree.advance(only(symbol));
  const kept = [...tree.kept];
  expect(kept.map((node) => tree.text(node, 'ABC'))).toContain('ABC');
  tree.clear();
  expect(kept.map((node) => tree.text(node, 'ABC')).join('')).toBe('');
});
