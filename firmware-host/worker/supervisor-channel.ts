import { type MessageFromWorker, type MessageToWorker, parseToWorker, versioned } from './worker-messages.ts';

/** The worker's end of the channel to the supervisor. */
export interface SupervisorChannel {
  send(message: MessageFromWorker): void;
  /** Messages that are none of ours are dropped and reported by an event; a second handler replaces the first. */
  onMessage(handler: (message: MessageToWorker) => void): void;
}

/**
 * Opens this process's channel and takes over its signals. Invariant: the process ends with the channel, even where a native
 * library would hang in its own farewell, so that no worker outlives its supervisor.
 */
export function supervisorChannel(): SupervisorChannel {
  if (process.send === undefined) {
    process.stderr.write('camera-worker is started by anpr-node, not by hand\n');
    process.exit(2);
  }
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  // Ctrl-C and a hang-up reach the whole group: at the one the supervisor stops its workers in order, at the other it needs them.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  const send = (message: MessageFromWorker) => {
    // A channel that closes meanwhile is dealt with by 'disconnect'.
    if (process.connected) process.send?.(versioned(message), undefined, undefined, () => undefined);
  };
  let handle: (message: MessageToWorker) => void = () => undefined;
  process.on('message', (raw) => {
    const message = parseToWorker(raw);
    if (message === null) send({ kind: 'log', level: 'error', event: 'camera-worker/message-refused', fields: {} });
    else handle(message);
  });
  return {
    send,
    onMessage(handler) {
      handle = handler;
    },
  };
}
