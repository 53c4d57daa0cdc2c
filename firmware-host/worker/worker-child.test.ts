import { expect, it } from 'vitest';
import { WorkerChild } from './worker-child.ts';

it('counts a process that there is no room for as ended, and takes every order without a word', async () => {
  const ignored = { onMessage: () => undefined, onRefused: () => undefined };
  // E2BIG, one of those failures that Node throws, as it does ENOMEM: no Linux takes 6 MB of arguments, whatever its pages (execve(2)).
  const child = new WorkerChild('x'.repeat(8_000_000), ignored);
  expect(child.pid).toBeNull();
  expect(child.send({ kind: 'settled', passageId: '01890a5d-ac96-774b-bcce-b302099a8057' })).toBe(false);
  for (const order of ['stop', 'disconnect', 'kill'] as const) child[order]();
  expect(await child.exited).toEqual({ code: null, signal: null });
});
