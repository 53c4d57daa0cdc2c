import type { Writable } from 'node:stream';
import { jsonLog, type Log } from './log.ts';

/** What waits for a reader that stands still; more would fill the memory. */
const mostWaitingBytes = 1_048_576;

/**
 * A log on a stream that may take nothing: a full disk, a reader that has gone or stands still. Lines that cannot be written are
 * lost and counted, and `log/lost` says how many as soon as one is taken again.
 *
 * Invariant: whatever becomes of the stream, a log neither throws nor ends the process.
 */
export function streamLog(stream: Writable, now?: () => number): Log {
  let lost = 0;
  // Each write is told of its own failure; but Node ends a process in which nobody hears the stream's.
  stream.on('error', () => undefined);
  const write = (line: string, onLost: () => void): void => {
    if (stream.writableLength > mostWaitingBytes) {
      onLost();
      return;
    }
    try {
      stream.write(line, (error) => {
        if (error) onLost();
        else if (lost > 0) tell(lost);
      });
    } catch {
      // Before Node 20.10 a file as standard error throws where a pipe calls back.
      onLost();
    }
  };
  const tell = (lines: number): void => {
    lost = 0;
    const onLost = () => {
      lost += lines;
    };
    jsonLog((line) => write(line, onLost), now).event('warn', 'log/lost', { lines });
  };
  const onLost = () => {
    lost += 1;
  };
  return jsonLog((line) => write(line, onLost), now);
}
