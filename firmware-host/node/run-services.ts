import type { Service } from '../../config/foundation/service.ts';

/**
 * Runs services side by side until the signal aborts. When one ends or fails, the others are stopped and its failure is
 * thrown: a node with a missing part must not look alive.
 */
export async function runServices(services: readonly Service[], signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const together = AbortSignal.any([signal, stop.signal]);
  const outcomes = await Promise.allSettled(
    services.map((service) => service.run(together).finally(() => stop.abort())),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

export interface Turns {
  /** What makes hits; stopped first. */
  readonly front: readonly Service[];
  /** Between the stops: what the front has left behind may still leave. */
  readonly between: () => Promise<void>;
  /** What sends hits; stopped last. */
  readonly back: readonly Service[];
}

/** Runs front and back together and stops them one after the other, so that nothing is lost between them. */
export async function runInTurn({ front, between, back }: Turns, signal: AbortSignal): Promise<void> {
  const stopFront = new AbortController();
  const stopBack = new AbortController();
  const outcomes = await Promise.allSettled([
    runServices(front, AbortSignal.any([signal, stopFront.signal]))
      .then(between)
      .finally(() => stopBack.abort()),
    runServices(back, stopBack.signal).finally(() => stopFront.abort()),
  ]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
