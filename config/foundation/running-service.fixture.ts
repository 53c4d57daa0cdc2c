import { onTestFinished } from 'vitest';
import type { Service } from './service.ts';

/** Runs a service until the test that starts it is over. */
export function start(service: Service): void {
  const stop = new AbortController();
  const running = service.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
}
