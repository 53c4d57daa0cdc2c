/** What one look at one part of an installation showed, and what to do about it. */
export interface Finding {
  /** Such as `camera left` or `broker`. */
  readonly item: string;
  /** A note tells why something was not looked at; nothing is wrong. */
  readonly level: 'ok' | 'note' | 'warn' | 'fail';
  readonly found: string;
  /** Empty when there is nothing to do. */
  readonly advice: string;
}

export function ok(item: string, found: string): Finding {
  return { item, level: 'ok', found, advice: '' };
}

export function note(item: string, found: string, advice: string): Finding {
  return { item, level: 'note', found, advice };
}

export function warn(item: string, found: string, advice: string): Finding {
  return { item, level: 'warn', found, advice };
}

export function fail(item: string, found: string, advice: string): Finding {
  return { item, level: 'fail', found, advice };
}
