import { expect, test } from 'vitest';
import { healthyCamera, healthyFacts } from '../../health/healthy-facts.ts';
import { restart } from './restart.ts';

test.each([
  ['restarting', healthyCamera({ worker: 'restarting', state: 'connecting' }), /is started anew by itself/],
  ['of a recording that has ended', healthyCamera({ state: 'ended' }), /has ended; it is played again when the node/],
])('what is said of a worker %s is true, and nothing was done', async (_, camera, words) => {
  const node = { facts: () => healthyFacts({ cameras: [camera] }) };
  const controls = { restartCamera: () => false, takeOverSettings: async () => ({ refused: [] }) };
  const { lines, did } = await restart.change(['camera', 'left'], node, controls);
  expect(lines).toEqual([expect.stringMatching(words)]);
  expect(did).toBeNull();
});
