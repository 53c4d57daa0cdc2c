import type { IncomingMessage } from 'node:http';

/** What routes need of a request. */
export interface WebRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly address: string;
  readonly message: IncomingMessage;
}

/** Null for a request that no browser makes. */
export function readRequest(message: IncomingMessage): WebRequest | null {
  const { method, url } = message;
  if (method === undefined || url === undefined || !url.startsWith('/') || url.length > 2_048) return null;
  const [path = '', query = ''] = url.split('?', 2);
  return { method, path, query: new URLSearchParams(query), address: message.socket.remoteAddress ?? '', message };
}

export function header(request: WebRequest, name: string): string | null {
  const value = request.message.headers[name];
  return typeof value === 'string' ? value : null;
}

/** The value of one cookie; null when it is absent, or there twice and therefore somebody's trick. */
export function cookie(request: WebRequest, name: string): string | null {
  const found = (header(request, 'cookie') ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`));
  return found.length === 1 && found[0] !== undefined ? found[0].slice(name.length + 1) : null;
}
