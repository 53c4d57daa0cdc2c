import { expect, it } from 'vitest';
import { InOrder } from './in-order.ts';

function collector(mostAhead: number) {
  const taken: [number, string][] = [];
  const inOrder = new InOrder<string>({
    from: 3,
    mostAhead,
    take: async (item, number) => {
      taken.push([number, item]);
    },
  });
  return { taken, inOrder };
}

it('hands on in the order of the numbers', async () => {
  const { taken, inOrder } = collector(10);
  await inOrder.add(5, 'c');
  await inOrder.add(4, 'b');
  expect(taken).toEqual([]);
  await inOrder.add(3, 'a');
  expect(taken).toEqual([
    [3, 'a'],
    [4, 'b'],
    [5, 'c'],
  ]);
});

it('makes whoever is too far ahead wait for an earlier one', async () => {
  const { taken, inOrder } = collector(2);
  await inOrder.add(4, 'b');
  let went = false;
  const ahead = inOrder.add(5, 'c').then(() => {
    went = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(went).toBe(false);
  await inOrder.add(3, 'a');
  await ahead;
  expect(taken.map(([, item]) => item)).toEqual(['a', 'b', 'c']);
});

it('tells whoever waits that nothing comes any more', async () => {
  const { inOrder } = collector(1);
  const ahead = inOrder.add(4, 'b');
  const told = expect(ahead).rejects.toThrow('stopped');
  await new Promise((resolve) => setImmediate(resolve));
  inOrder.stop();
  await told;
});

it('tells everybody after an item could not be handed on', async () => {
  const inOrder = new InOrder<string>({
    from: 0,
    mostAhead: 10,
    take: async () => {
      throw new Error('disk full');
    },
  });
  await expect(inOrder.add(0, 'a')).rejects.toThrow('disk full');
  await expect(inOrder.add(1, 'b')).rejects.toThrow('disk full');
});
