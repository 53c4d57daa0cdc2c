import { Fault } from '../../config/foundation/fault.ts';
import type { NodeSettings } from '../../config/node-settings.ts';
import { withBroker } from '../../sync/broker/with-broker.ts';
import { judgeLink } from '../health/health.ts';
import { elsewhere } from './elsewhere.ts';
import { type Finding, fail, note, ok, warn } from './finding.ts';
import { nodeRuns } from './node-runs.ts';

/**
 * Connects to the broker as the node would, unless the node runs: a broker that names its clients by their certificates takes the
 * check for the node, whatever it calls itself, and would end the node's own session.
 */
export async function checkBroker(
  { broker, dataFolder }: Pick<NodeSettings, 'broker' | 'dataFolder'>,
  deadlineMs: number,
): Promise<Finding> {
  const item = 'broker';
  const node = nodeRuns(dataFolder);
  if (node === 'runs')
    return note(
      item,
      'the node runs and holds the link itself',
      'ask it: anpr-node console --config FILE, then status',
    );
  const away = elsewhere(item, [
    broker.caFile,
    broker.certificateFile,
    broker.keyFile,
    broker.usernameFile,
    broker.passwordFile,
  ]);
  if (away !== null) return away;
  if (node === 'unknown')
    return warn(
      item,
      `not tried: whether the node runs on ${dataFolder} cannot be told`,
      'check as the user that runs the node',
    );
  try {
    await withBroker({ ...broker, connectDeadlineMs: deadlineMs }, async () => undefined);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return fail(item, `${broker.url} does not take this node [${error.code}]`, adviceOf(error.code));
  }
  const { protocol, hostname } = new URL(broker.url);
  if (protocol === 'mqtt:' && !['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
    return warn(item, `${broker.url} is connected, but not encrypted`, 'use mqtts:// for a broker on another machine');
  return ok(item, `${broker.url} connected`);
}

function adviceOf(code: string): string {
  const facts = { brokerUrl: '', sinceMs: 0, waiting: 0, oldestWaitingMs: null, certificateDaysLeft: null };
  return judgeLink({ ...facts, connected: false, failureCode: code }).advice;
}
