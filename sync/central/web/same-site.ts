import type { ListenAddress } from './listen-address.ts';
import { header, type WebRequest } from './web-request.ts';

export interface Origin {
  readonly address: ListenAddress;
  readonly tls: boolean;
}

/**
 * Whether a request was meant for this server by its name. On loopback only this machine's own names count, so that a stranger's
 * domain that points to 127.0.0.1 (DNS rebinding) gets nothing; beyond it the certificate proves the name.
 */
export function isAddressedHere(request: WebRequest, { address, tls }: Origin): boolean {
  const host = header(request, 'host');
  if (host === null) return false;
  if (tls && !address.loopback) return true;
  const names = ['127.0.0.1', 'localhost', '[::1]', address.host];
  return names.some((name) => host.toLowerCase() === `${name}:${address.port}`);
}

/** Whether a change was asked for by this server's own page. Browsers send the origin with every change. */
export function isFromOwnPage(request: WebRequest, { tls }: Origin): boolean {
  return header(request, 'origin') === `${tls ? 'https' : 'http'}://${header(request, 'host')}`;
}

/** Whether a browser says that another site's page asks; programs that are no browser say nothing. */
export function isFromOtherSite(request: WebRequest): boolean {
  const site = header(request, 'sec-fetch-site');
  return site !== null && site !== 'same-origin' && site !== 'none';
}
