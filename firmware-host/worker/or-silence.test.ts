import { describe, expect, it } from 'vitest';
import { orSilence } from './or-silence.ts';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
const never = new AbortController().signal;

describe('a source or its silence', () => {
  it('gives every item of a lively source and ends with it', async () => {
    async function* lively() {
      yield* [1, 2, 3];
    }
    expect(await collect(orSilence(lively(), 60_000, never))).toEqual([1, 2, 3]);
  });

  it('tells a silence once, and goes on with what comes after it', async () => {
    let answer: (item: number) => void = () => undefined;
    const later = new Promise<number>((resolve) => {
      answer = resolve;
    });
    async function* halting() {
      yield 1;
      yield await later;
    }
    const items: (number | null)[] = [];
    for await (const item of orSilence(halting(), 5, never)) {
      items.push(item);
      if (item === null) answer(2);
    }
    expect(items).toEqual([1, null, 2]);
  });

  it('ends at the abort, though the source never answers again', async () => {
    const stop = new AbortController();
    let returned = false;
    const hanging: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: async () => {
          returned = true;
          return { done: true, value: undefined };
        },
      }),
    };
    const all = collect(orSilence(hanging, 60_000, stop.signal));
    stop.abort();
    expect(await all).toEqual([]);
    expect(returned).toBe(true);
    expect(await collect(orSilence(hanging, 60_000, stop.signal))).toEqual([]);
  });

  it('passes on the failure of its source', async () => {
    async function* failing() {
      yield 1;
      throw new Error('broken');
    }
    await expect(collect(orSilence(failing(), 60_000, never))).rejects.toThrow('broken');
  });
});
