import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Log } from '../../config/foundation/log.ts';
import { pause } from '../../config/foundation/pause.ts';
import type { Service } from '../../config/foundation/service.ts';
import { type Family, prometheusContentType, prometheusText } from './prometheus-text.ts';

export interface MetricsOptions {
  readonly port: number;
  readonly read: () => readonly Family[];
  readonly log: Log;
  readonly retryMs?: number;
}

const loopback = '127.0.0.1';
const mostConnections = 8;
const slowestMs = 5_000;

/**
 * Metrics for a monitoring agent on this machine: `GET /metrics` on loopback, nothing else. A port that cannot be had costs
 * the node its metrics and nothing more; it is tried again.
 */
export class MetricsService implements Service {
  readonly name = 'metrics';
  readonly #options: MetricsOptions;

  constructor(options: MetricsOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { port, log, retryMs = 30_000 } = this.#options;
    while (!signal.aborted) {
      const failure = await this.#serve(signal);
      if (failure === null) return;
      log.event('warn', 'metrics/unavailable', { port, code: failure });
      await pause(retryMs, signal);
    }
  }

  /** Serves until the signal aborts; gives the code of what kept it from serving. */
  async #serve(signal: AbortSignal): Promise<string | null> {
    const { port, log } = this.#options;
    const limits = { headersTimeout: slowestMs, requestTimeout: slowestMs, keepAliveTimeout: slowestMs };
    const server = createServer({ ...limits, maxHeaderSize: 8 * 1024 }, (request, response) =>
      this.#answer(request, response),
    );
    server.maxConnections = mostConnections;
    const failure = await new Promise<string | null>((resolve) => {
      server.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
      server.listen(port, loopback, () => {
        log.event('info', 'metrics/listening', { port });
        if (signal.aborted) resolve(null);
        signal.addEventListener('abort', () => resolve(null), { once: true });
      });
    });
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    return failure;
  }

  #answer({ method, url, headers }: IncomingMessage, response: ServerResponse): void {
    const refused = refusal({ method, url, host: headers.host });
    if (refused !== null) {
      response.writeHead(refused, { 'content-length': 0 }).end();
      return;
    }
    const body = prometheusText(this.#options.read());
    response.writeHead(200, {
      'content-type': prometheusContentType,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
    });
    response.end(method === 'HEAD' ? undefined : body);
  }
}

function refusal(asked: Readonly<Record<'method' | 'url' | 'host', string | undefined>>): number | null {
  // A web page that had its own name point here must not read them through somebody's browser.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(asked.host ?? '')) return 403;
  if (asked.url !== '/metrics') return 404;
  return asked.method === 'GET' || asked.method === 'HEAD' ? null : 405;
}
