import { EventEmitter, once } from 'node:events';
import type { Log, LogFields } from '../../config/foundation/log.ts';

/** A log that tests can wait for and search. */
export interface KeptLog extends Log {
  /** Resolves once the event was said, now or before. */
  said(event: string, times?: number): Promise<void>;
  /** What was said whose name begins so. */
  of(beginning: string): readonly (readonly [event: string, fields: LogFields])[];
  text(): string;
  forget(): void;
}

export function keptLog(): KeptLog {
  const kept: (readonly [event: string, fields: LogFields])[] = [];
  const heard = new EventEmitter();
  return {
    event(_level, event, fields = {}) {
      kept.push([event, fields]);
      heard.emit('event');
    },
    async said(event, times = 1) {
      while (kept.filter(([name]) => name === event).length < times) await once(heard, 'event');
    },
    of: (beginning) => kept.filter(([event]) => event.startsWith(beginning)),
    text: () => JSON.stringify(kept),
    forget: () => void kept.splice(0),
  };
}
