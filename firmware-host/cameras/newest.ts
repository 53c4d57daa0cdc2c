/** Frames of which only the newest waits; `dropped` counts those that a newer one replaced. */
export interface Newest<T> extends AsyncIterable<T> {
  readonly dropped: number;
}

/**
 * Reads on while the consumer is busy and hands it the newest item, never queueing more than one: a slow consumer
 * sees fewer frames, never old ones. The items must stay valid while the source goes on, as `Frame` promises.
 * A consumer that leaves early stops the reading at the source's next item, or at once when it aborts the source's
 * own signal. For one consumer; replays that must not lose frames are read without it.
 */
export function newest<T>(source: AsyncIterable<T>, onDropped: () => void = () => undefined): Newest<T> {
  let dropped = 0;
  return {
    get dropped() {
      return dropped;
    },
    async *[Symbol.asyncIterator]() {
      let waiting: { readonly item: T } | null = null;
      let end: { readonly failure: unknown } | 'completed' | null = null;
      let left = false;
      let wake: () => void = () => undefined;

      const pump = async () => {
        for await (const item of source) {
          if (left) return;
          if (waiting !== null) {
            dropped++;
            onDropped();
          }
          waiting = { item };
          wake();
        }
      };
      const pumped = pump().then(
        () => {
          end = 'completed';
          wake();
        },
        (failure: unknown) => {
          end = { failure };
          wake();
        },
      );

      const take = () => {
        const taken = waiting;
        waiting = null;
        return taken;
      };
      const ended = () => end;

      try {
        for (;;) {
          const taken = take();
          const how = ended();
          if (taken !== null) yield taken.item;
          else if (how === 'completed') return;
          else if (how !== null) throw how.failure;
          else
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
        }
      } finally {
        left = true;
        if (ended() !== null) await pumped;
      }
    },
  };
}
