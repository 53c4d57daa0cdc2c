import type { Health } from './health.ts';

type Counts = Readonly<Record<string, number | undefined>>;

/**
 * A health message as it is sent, each minute over links that may be thin and dear: without what is as it should be, or has not
 * happened. Whoever reads it with `healthSchema` has all of it again.
 */
export function healthOnWire(health: Health): object {
  const { cameras, lists, funnel, abstained, refusals = {}, outbox, clock, ...rest } = health;
  return {
    ...told(rest, { inhibited: null, temperatureC: null, diskFreeMb: null, certificateDays: null }),
    cameras: cameras.map((camera) => told(camera, { state: 'ok' })),
    lists: lists.map((list) => told(list, { state: 'valid' })),
    funnel: happened(funnel),
    ...told({
      abstained: orNothing(happened(abstained)),
      refusals: orNothing(happened(refusals)),
      outbox: orNothing(told(outbox, { hits: 0, pictures: 0, dropped: 0, oldestSeconds: null })),
      clock: orNothing(told(clock, { synchronised: true, errorMs: null })),
    }),
  };
}

function told<Part extends object>(part: Part, usual: Partial<Part> = {}): Partial<Part> {
  const unusual = ([name, value]: [string, unknown]): boolean =>
    value !== undefined && !(name in usual && usual[name as keyof Part] === value);
  return Object.fromEntries(Object.entries(part).filter(unusual)) as Partial<Part>;
}

function happened(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

function orNothing<Part extends object>(part: Part): Part | undefined {
  return Object.keys(part).length === 0 ? undefined : part;
}
