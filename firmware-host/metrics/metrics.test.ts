import { EventEmitter, once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Log } from '../../config/foundation/log.ts';
import { freePort } from '../../sync/broker/start-mosquitto.ts';
import { healthyCamera, healthyFacts, healthyLink } from '../health/healthy-facts.ts';
import { MetricsService } from './metrics-service.ts';
import { type MeasuredNode, nodeMetrics } from './node-metrics.ts';
import { prometheusText } from './prometheus-text.ts';

const measured: MeasuredNode = {
  facts: healthyFacts(),
  funnel: { frames: 100, gated: 60, detected: 30, read: 20, fused: 4, dropped: 1 },
  models: { detector: 'aaa', reader: 'bbb' },
  nodeBytes: 90e6,
  workerBytes: 400e6,
};

describe('the metrics of a node', () => {
  it('are Prometheus’ text: help and type before each name, a number on each line', () => {
    const text = prometheusText(nodeMetrics(measured));
    for (const line of text.trimEnd().split('\n'))
      expect(line).toMatch(
        /^(# HELP anpr_\w+ .+|# TYPE anpr_\w+ (gauge|counter)|anpr_\w+(\{(\w+="[^"]*",?)+\})? -?\d+(\.\d+)?)$/,
      );
    expect(text).toContain('anpr_frames_total{stage="gated"} 60\n');
    expect(text).toContain('anpr_camera_frames_total{camera="left"} 1000000\n');
    expect(text).toContain('anpr_list_entries{list="nl-police/stolen"} 1234\n');
    expect(text).toContain('anpr_link_connected 1\n');
    expect(text).toContain('anpr_health{part="cameras"} 0\n');
    expect(text).toContain('anpr_certificate_days 200\n');
  });

  it('say what is wrong, and leave out what is not known', () => {
    const facts = healthyFacts({
      cameras: [healthyCamera({ state: 'no-signal', lastFrameAgeMs: null })],
      link: healthyLink({ connected: false, certificateDaysLeft: null, waiting: 3, oldestWaitingMs: 61_500 }),
      disk: null,
    });
    const text = prometheusText(nodeMetrics({ ...measured, facts }));
    expect(text).toContain('anpr_camera_ok{camera="left"} 0\n');
    expect(text).toContain('anpr_health{part="disk"} 3\n');
    expect(text).toContain('anpr_hits_oldest_seconds 61.5\n');
    for (const absent of ['anpr_camera_last_frame_seconds', 'anpr_certificate_days', 'anpr_disk_free_bytes'])
      expect(text).not.toContain(absent);
  });

  it('tell nothing of hits beside those that wait and are not discreet', () => {
    const names = nodeMetrics(measured).map(({ name }) => name);
    expect(names.filter((name) => name.includes('hit'))).toEqual(['anpr_hits_waiting', 'anpr_hits_oldest_seconds']);
  });

  it('keep a name with quotes, backslashes and line ends in one line', () => {
    const site = 'km "7"\\\nanpr_fake 1';
    const text = prometheusText(nodeMetrics({ ...measured, facts: healthyFacts({ site }) }));
    expect(text).toContain('site="km \\"7\\"\\\\\\nanpr_fake 1"');
    expect(text).not.toMatch(/^anpr_fake/m);
  });
});

describe('the metrics’ door', () => {
  let stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  afterEach(async () => {
    stop.abort();
    await running;
    stop = new AbortController();
  });

  async function serve(port: number) {
    const said = new EventEmitter();
    const log: Log = { event: (_level, event) => void said.emit(event) };
    const service = new MetricsService({ port, read: () => nodeMetrics(measured), log, retryMs: 5 });
    return {
      said,
      start: () => {
        running = service.run(stop.signal);
      },
    };
  }

  async function open(): Promise<number> {
    const port = await freePort();
    const { said, start } = await serve(port);
    const listening = once(said, 'metrics/listening');
    start();
    await listening;
    return port;
  }

  /** As any program may ask, whatever it says. */
  function ask(port: number, how: { method?: string; path?: string; host?: string }): Promise<number> {
    return new Promise((resolve, reject) => {
      const { method = 'GET', path = '/metrics', host = `127.0.0.1:${port}` } = how;
      request({ host: '127.0.0.1', port, method, path, headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
  }

  it('answers GET /metrics with what is so now', async () => {
    const response = await fetch(`http://127.0.0.1:${await open()}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toBe(prometheusText(nodeMetrics(measured)));
  });

  it('answers nothing else, and nobody who came under another name', async () => {
    const port = await open();
    expect(await ask(port, { path: '/' })).toBe(404);
    expect(await ask(port, { path: '/metrics/../etc/passwd' })).toBe(404);
    expect(await ask(port, { method: 'POST' })).toBe(405);
    expect(await ask(port, { host: `evil.example:${port}` })).toBe(403);
    expect(await ask(port, {})).toBe(200);
  });

  it('is not held up by somebody who connects and says nothing, nor by garbage', async () => {
    const port = await open();
    const silent = connect(port, '127.0.0.1');
    await once(silent, 'connect');
    const garbage = connect(port, '127.0.0.1');
    garbage.write(Buffer.alloc(64 * 1024, 0xfe));
    garbage.on('error', () => undefined).resume();
    await once(garbage, 'close');
    expect(await ask(port, {})).toBe(200);
    silent.destroy();
  });

  it('waits for a port that somebody else has', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { said, start } = await serve(port);
    const unavailable = once(said, 'metrics/unavailable');
    start();
    await unavailable;
    const listening = once(said, 'metrics/listening');
    other.close();
    await listening;
    expect(await ask(port, {})).toBe(200);
  });
});
