/** From the least to the most. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];
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

/** A log of what is at least of the level that counts at that moment. */
export function logFrom(level: () => LogLevel, log: Log): Log {
  return {
    event(of, event, fields) {
      if (logLevels.indexOf(of) >= logLevels.indexOf(level())) log.event(of, event, fields);
    },
  };
}

export const silentLog: Log = { event: () => undefined };
