import { Fault } from '../../config/foundation/fault.ts';
import { MqttLink, type MqttLinkOptions } from './mqtt-link.ts';

/** A connection for one command: waits until connected or throws the reason, runs `use`, and always disconnects. */
export async function withBroker<T>(options: MqttLinkOptions, use: (link: MqttLink) => Promise<T>): Promise<T> {
  const link = new MqttLink(options);
  const stop = new AbortController();
  const running = link.run(stop.signal);
  try {
    await connectedWithin(link, options.connectDeadlineMs ?? 10_000);
    return await use(link);
  } finally {
    stop.abort();
    await running;
  }
}

function connectedWithin(link: MqttLink, deadlineMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const unreachable = (): Fault =>
      link.lastFailure ?? new Fault('broker/no-answer', 'the broker did not answer in time');
    const timer = setTimeout(() => reject(unreachable()), deadlineMs);
    link.onConnected(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
