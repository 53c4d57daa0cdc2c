/**
 * The items of a source, and a null whenever none came for `silenceMs` (once a silence). When the signal aborts it ends at
 * once, even where the source does not: what is open must be closed whether the camera answers or not.
 */
export async function* orSilence<T>(
  source: AsyncIterable<T>,
  silenceMs: number,
  signal: AbortSignal,
): AsyncGenerator<T | null> {
  const items = source[Symbol.asyncIterator]();
  try {
    while (!signal.aborted) {
      const next = items.next();
      let item = await nextOr(next, signal, silenceMs);
      if (item === 'silence') {
        yield null;
        item = await nextOr(next, signal);
      }
      if (typeof item === 'string' || item.done) return;
      yield item.value;
    }
  } finally {
    // Not awaited: a camera that hangs must not hold up the end. Its own faults at this point concern nobody.
    Promise.resolve(items.return?.()).catch(() => undefined);
  }
}

/** Not Promise.race against one lasting promise of the abort: that would keep every frame that ever won the race alive. */
function nextOr<T>(next: Promise<IteratorResult<T>>, signal: AbortSignal, silenceMs?: number) {
  return new Promise<IteratorResult<T> | 'silence' | 'aborted'>((resolve, reject) => {
    const timer = silenceMs === undefined ? undefined : setTimeout(() => settle('silence'), silenceMs);
    const onAbort = () => settle('aborted');
    const cleanUp = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    const settle = (outcome: IteratorResult<T> | 'silence' | 'aborted') => {
      cleanUp();
      resolve(outcome);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) settle('aborted');
    next.then(settle, (error: unknown) => {
      cleanUp();
      reject(error);
    });
  });
}
