import { setTimeout as pause } from 'node:timers/promises';

/** Waits until the condition holds; fails with its name at the deadline. For waiting on other processes, never for timing. */
export async function eventually(name: string, condition: () => boolean, deadlineMs = 60_000): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`not within ${deadlineMs / 1000} s: ${name}`);
    await pause(50);
  }
}
