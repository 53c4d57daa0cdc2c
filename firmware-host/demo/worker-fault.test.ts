import { expect, test } from 'vitest';
import { silentLog } from '../../config/foundation/log.ts';
import { WorkerFault } from './worker-fault.ts';

/** The code with which one waits no longer, if these have ended the worker. */
async function lastingAfter(...codes: readonly string[]): Promise<string | null> {
  const worker = new WorkerFault(silentLog);
  for (const code of codes) worker.event('error', 'camera-worker/restarting', { code });
  const fault = await Promise.race([worker.lasting, Promise.resolve(null)]);
  return fault?.code ?? null;
}

test('models that cannot be used are no better at the next start', async () => {
  expect(await lastingAfter('model/missing')).toBe('model/missing');
  expect(await lastingAfter('camera-worker/exit-SIGKILL', 'model/bad-hash')).toBe('model/bad-hash');
});

test('what ends a worker twice running ends it again', async () => {
  expect(await lastingAfter('camera-worker/exit-1')).toBeNull();
  expect(await lastingAfter('camera-worker/exit-1', 'camera-worker/exit-SIGKILL')).toBeNull();
  expect(await lastingAfter('camera-worker/exit-1', 'camera-worker/exit-1')).toBe('camera-worker/exit-1');
});
