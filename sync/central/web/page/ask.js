/** @typedef {import('../hit-view.ts').SessionView} SessionView */
/** @typedef {import('../answer.ts').RefusalCode} RefusalCode */

/** What the server refused, in its own word. */
export class Refused extends Error {
  /**
   * @param {RefusalCode | 'unreachable'} code
   * @param {number} waitSeconds
   */
  constructor(code, waitSeconds = 0) {
    super(code);
    this.code = code;
    this.waitSeconds = waitSeconds;
  }
}

let csrf = '';
/** @type {() => void} */
let onLoggedOut = () => undefined;

/**
 * The token that goes with every change from now on.
 * @param {string} token
 */
export function useToken(token) {
  csrf = token;
}

/**
 * Called when the server no longer knows this session.
 * @param {() => void} listener
 */
export function whenLoggedOut(listener) {
  onLoggedOut = listener;
}

/**
 * @param {string} path
 * @param {'GET' | 'POST' | 'DELETE'} method
 * @param {unknown} [body]
 * @returns {Promise<any>} what the server answered; throws Refused
 */
export async function ask(path, method = 'GET', body = undefined) {
  /** @type {Record<string, string>} */
  const headers = method === 'GET' ? {} : { 'x-csrf-token': csrf };
  if (body !== undefined) headers['content-type'] = 'application/json';
  const text = body === undefined ? null : JSON.stringify(body);
  const answer = await fetch(path, { method, headers, body: text }).catch(() => {
    throw new Refused('unreachable');
  });
  if (answer.status === 204) return null;
  const value = await answer.json().catch(() => ({ refused: 'failed' }));
  if (answer.ok) return value;
  if (value.refused === 'not-logged-in') onLoggedOut();
  throw new Refused(value.refused, Number(answer.headers.get('retry-after') ?? 0));
}
