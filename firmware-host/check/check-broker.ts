import { Fault } from '../../config/foundation/fault.ts';
import type { BrokerSettings } from '../../config/node-settings.ts';
import { withBroker } from '../../sync/broker/mqtt-link.ts';
import { judgeLink } from '../health/health.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Connects to the broker as the node would, under a name of its own so that a running node keeps its connection. */
export async function checkBroker(broker: BrokerSettings, deadlineMs: number): Promise<Finding> {
  const item = 'broker';
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
