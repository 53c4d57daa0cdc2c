import type { ServerResponse } from 'node:http';

/** What a route gives back: a whole answer, or a stream that writes until its signal aborts. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly stream?: (response: ServerResponse, signal: AbortSignal) => Promise<void>;
}

/** Why something was refused; the page decides on these words. */
export type RefusalCode =
  | 'not-found'
  | 'bad-request'
  | 'too-large'
  | 'wrong-host'
  | 'wrong-origin'
  | 'wrong-token'
  | 'not-logged-in'
  | 'log-in-refused'
  | 'wait'
  | 'not-allowed'
  | 'too-many'
  | 'failed';

export function json(value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 200, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

export function refusal(status: number, code: RefusalCode, headers: Readonly<Record<string, string>> = {}): Answer {
  return { ...json({ refused: code }, headers), status };
}

export const nothing: Answer = { status: 204 };
export const notFound: Answer = refusal(404, 'not-found');
export const badRequest: Answer = refusal(400, 'bad-request');
