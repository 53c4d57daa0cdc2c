import { expect, it } from 'vitest';
import { Progress } from './progress.ts';
import type { WorkerHealth } from './worker-messages.ts';

const health = (
  frames: number,
  stage: WorkerHealth['stage'],
  cameraState: WorkerHealth['cameraState'] = 'ok',
): WorkerHealth => ({
  counters: { frames, gated: 0, detected: 0, read: 0, fused: 0, dropped: 0 },
  stage,
  cameraState,
  rssBytes: 0,
});

it('is made by new frames, not by punctual messages about the same frame', () => {
  const progress = new Progress(60_000, 0);
  progress.hear(health(5, 'working'), 1000);
  expect(progress.madeMs).toBe(1000);
  for (let ms = 2000; ms < 20_000; ms += 1000) progress.hear(health(5, 'working'), ms);
  expect(progress.madeMs).toBe(1000);
});

it('is made by waiting for a camera without signal for ever, for one that is said to be well only so long', () => {
  const lost = new Progress(60_000, 0);
  const mute = new Progress(60_000, 0);
  lost.hear(health(0, 'waiting', 'no-signal'), 0);
  for (let ms = 0; ms <= 600_000; ms += 1000) {
    lost.hear(health(0, 'waiting', 'no-signal'), ms);
    mute.hear(health(0, 'waiting'), ms);
  }
  expect(lost.madeMs).toBe(600_000);
  expect(mute.madeMs).toBe(59_000);
});

it('is not missed for the time in which nobody listened', () => {
  const progress = new Progress(60_000, 0);
  progress.hear(health(5, 'working'), 1000);
  progress.excuse(30_000);
  expect(progress.madeMs).toBe(31_000);
});
