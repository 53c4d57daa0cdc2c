import { describe, expect, it } from 'vitest';
import { newest } from './newest.ts';

/** A source that the test feeds by hand. */
class Feed implements AsyncIterable<number> {
  closed = false;
  #queue: { item?: number; failure?: Error; done?: boolean }[] = [];
  #wake: () => void = () => undefined;

  push(...items: number[]): void {
    this.#queue.push(...items.map((item) => ({ item })));
    this.#wake();
  }

  end(failure?: Error): void {
    this.#queue.push(failure === undefined ? { done: true } : { failure });
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    try {
      for (;;) {
        const next = this.#queue.shift();
        if (next?.failure) throw next.failure;
        if (next?.done) return;
        if (next?.item !== undefined) yield next.item;
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
    } finally {
      this.closed = true;
    }
  }
}

/** Lets everything that can go on without a new event go on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the newest of the frames', () => {
  it('gives a busy consumer the newest one and counts those it never saw', async () => {
    const feed = new Feed();
    let told = 0;
    const frames = newest(feed, () => told++);
    const iterator = frames[Symbol.asyncIterator]();
    feed.push(1);
    expect((await iterator.next()).value).toBe(1);
    feed.push(2, 3, 4);
    await settled();
    expect((await iterator.next()).value).toBe(4);
    expect([frames.dropped, told]).toEqual([2, 2]);
  });

  it('drops nothing when the consumer keeps up', async () => {
    const feed = new Feed();
    const frames = newest(feed);
    const seen: number[] = [];
    feed.push(0);
    for await (const item of frames) {
      seen.push(item);
      if (item < 20) feed.push(item + 1);
      else feed.end();
    }
    expect(seen).toEqual(Array.from({ length: 21 }, (_, index) => index));
    expect(frames.dropped).toBe(0);
  });

  it('still gives the last frame of a source that has ended', async () => {
    const feed = new Feed();
    const iterator = newest(feed)[Symbol.asyncIterator]();
    feed.push(1);
    await iterator.next();
    feed.push(2, 3);
    feed.end();
    await settled();
    expect((await iterator.next()).value).toBe(3);
    expect((await iterator.next()).done).toBe(true);
    expect(feed.closed).toBe(true);
  });

  it('passes on the failure of the source', async () => {
    const feed = new Feed();
    const iterator = newest(feed)[Symbol.asyncIterator]();
    const next = iterator.next();
    feed.end(new Error('broken'));
    await expect(next).rejects.toThrow('broken');
  });

  it('closes the source at its next frame when the consumer leaves', async () => {
    const feed = new Feed();
    feed.push(1);
    for await (const item of newest(feed)) {
      expect(item).toBe(1);
      break;
    }
    expect(feed.closed).toBe(false);
    feed.push(2);
    await settled();
    expect(feed.closed).toBe(true);
  });
});
