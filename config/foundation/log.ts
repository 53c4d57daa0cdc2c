export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Logs are events: fixed words in `event`, data in fields. A plate is never a field, at any level. */
export interface Log {
  event(level: LogLevel, event: string, fields?: LogFields): void;
}

/** Writes one JSON object a line; `write` receives the line with its newline. */
export function jsonLog(write: (line: string) => void, now: () => number = Date.now): Log {
  return {
    event(level, event, fields = {}) {
      write(`${JSON.stringify({ time: new Date(now()).toISOString(), level, event, ...fields })}\n`);
    },
  };
}

export const silentLog: Log = { event: () => undefined };
