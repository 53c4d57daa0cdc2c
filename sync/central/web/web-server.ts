import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import { Fault } from '../../../config/foundation/fault.ts';
import type { Service } from '../../../config/foundation/service.ts';
import { type Answer, badRequest, refusal } from './answer.ts';
import { readCertificate, renewCertificate, type TlsFiles } from './certificate.ts';
import { type ListenAddress, refuseClearBeyondLoopback } from './listen-address.ts';
import { Office, type OfficeOptions } from './office.ts';
import { readPageFiles } from './page-files.ts';
import { answerRequest, type Site } from './route.ts';
import { securityHeaders, strictTransport } from './security-headers.ts';
import { readRequest } from './web-request.ts';

export interface WebServerOptions extends Omit<OfficeOptions, 'tls'> {
  readonly address: ListenAddress;
  readonly tls: TlsFiles | null;
  /** How often the certificate's files are looked at. */
  readonly renewEveryMs?: number | undefined;
  /** Called once it listens, with where the page is. */
  readonly onListening?: ((url: string) => void) | undefined;
}

const limits: ServerOptions = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 30_000,
};
const mostConnections = 1_000;

/** The officers' page and what it asks for, until the signal aborts. */
export class WebServer implements Service {
  readonly name = 'web-server';
  readonly #options: WebServerOptions;

  constructor(options: WebServerOptions) {
    refuseClearBeyondLoopback(options.address, options.tls !== null);
    this.#options = options;
  }

  /** Throws `web/cannot-listen` and `web/bad-certificate`. */
  async run(signal: AbortSignal): Promise<void> {
    const { address, tls, renewEveryMs = 60_000, onListening, log, ...rest } = this.#options;
    const office = new Office({ ...rest, log, tls: tls !== null });
    const files = readPageFiles();
    const server = makeServer(tls);
    server.maxConnections = mostConnections;
    const port = await listen(server, address);
    const here = { ...address, port };
    office.cookieName = `${tls ? '__Host-' : ''}hazeldonk-${port}`;
    const site: Site = { office, origin: { address: here, tls: tls !== null }, files };
    server.on('request', (request, response) => void this.#serve({ request, response, site, signal }));
    onListening?.(
      `${tls ? 'https' : 'http'}://${address.host.includes(':') ? `[${address.host}]` : address.host}:${port}/`,
    );
    const renewal =
      tls && server instanceof TlsServer
        ? renewCertificate(
            { files: tls, everyMs: renewEveryMs, log, use: (fresh) => server.setSecureContext(fresh) },
            signal,
          )
        : null;
    try {
      await Promise.all([office.watch.run(signal), renewal]);
    } finally {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    }
  }

  /** The border of the server: whatever goes wrong with one request is logged and does not end the others. */
  async #serve({ request, response, site, signal }: Exchange): Promise<void> {
    response.on('error', () => request.destroy());
    try {
      const read = readRequest(request);
      const answer = read === null ? badRequest : await answerRequest(read, site);
      await send(response, answer, signal);
    } catch (error) {
      const code = error instanceof Fault ? error.code : 'bug';
      this.#options.log.event('error', 'web/request-failed', { code, text: String(error).slice(0, 200) });
      if (response.headersSent) response.destroy();
      else await send(response, refusal(500, 'failed'), signal);
    } finally {
      // What its sender still had to say is not waited for.
      if (!request.complete) response.once('close', () => request.destroy());
    }
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly site: Site;
  readonly signal: AbortSignal;
}

async function send(response: ServerResponse, answer: Answer, signal: AbortSignal): Promise<void> {
  const { status, headers = {}, body = '', stream } = answer;
  const more = response.req.complete ? {} : { connection: 'close' };
  const always = 'encrypted' in response.req.socket ? { ...securityHeaders, ...strictTransport } : securityHeaders;
  response.writeHead(status, { ...always, ...headers, ...more });
  if (stream === undefined) return void response.end(body);
  const left = new AbortController();
  response.once('close', () => left.abort());
  await stream(response, AbortSignal.any([signal, left.signal]));
  response.end();
}

function makeServer(tls: TlsFiles | null): Server {
  if (tls === null) return createServer(limits);
  return createTlsServer({ ...limits, minVersion: 'TLSv1.2', ...readCertificate(tls) });
}

function listen(server: Server, { host, port }: ListenAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const text = `cannot listen on ${host}:${port}: ${cause.message}; choose another with --listen`;
      reject(new Fault('web/cannot-listen', text, { cause }));
    });
    server.listen(port, host, () => {
      server.on('error', () => undefined);
      const bound = server.address();
      resolve(bound && typeof bound === 'object' ? bound.port : port);
    });
  });
}
