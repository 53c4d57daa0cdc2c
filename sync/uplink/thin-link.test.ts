import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Service } from '../../config/foundation/service.ts';
import { MqttLink } from '../broker/mqtt-link.ts';
import { type Mosquitto, mosquittoInstalled, startMosquitto } from '../broker/start-mosquitto.ts';
import { type ThinLine, thinLine } from '../broker/thin-line.fixture.ts';
import { topics } from '../broker/topics.ts';
import { Receiver } from '../central/receiver.ts';
import { SqliteHitStore } from '../central/sqlite-hit-store.ts';
import { temporaryFolder } from '../central/verification/signed-world.fixture.ts';
import { Outbox } from './outbox.ts';
import { Publisher } from './publisher.ts';
import { sampleHit, samplePicture } from './sample-hit.test-data.ts';

const node = 'gantry-7';
const soon = { timeout: 50_000, interval: 20 };
const testMs = 120_000;
/** Five seconds of the line. */
const pictures = { scene: samplePicture(500_000, 1) };
const lineBytesPerSecond = 100_000;
/** Far slower than the line is, so that a busy machine is not taken for a link that is gone. */
const slowestBytesPerSecond = 10_000;
/** All of them far shorter than the picture needs, and far longer than a loaded machine does. */
const short = { deadlineMs: 1_500, firstMs: 2_000, keepaliveSeconds: 2 };

// Aedes takes a client whose one packet comes slowly for gone; real brokers do not.
describe.skipIf(!mosquittoInstalled())('a picture on a thin link', { timeout: testMs }, () => {
  let broker: Mosquitto;
  let line: ThinLine;
  let outbox: Outbox;
  let store: SqliteHitStore;
  let stop: AbortController;
  let running: Promise<void>[];
  const arrived: string[] = [];

  beforeEach(async () => {
    broker = await startMosquitto();
    line = await thinLine(broker.port, lineBytesPerSecond);
    outbox = Outbox.open(join(temporaryFolder(), 'outbox.sqlite'), { diskBudgetBytes: 1e9 });
    store = SqliteHitStore.open(':memory:');
    stop = new AbortController();
    running = [];
    arrived.length = 0;
    const centre = new MqttLink({ url: broker.url });
    centre.subscribe(topics.allHits, ({ payload }) => arrived.push(JSON.parse(String(payload)).id));
    centre.subscribe(topics.evidence(node, '+', 'scene'), () => arrived.push('scene'));
    start(centre);
    start(new Receiver({ link: centre, store }));
    await connected(centre);
  });
  afterEach(async () => {
    stop.abort();
    await Promise.all(running);
    await line.close();
    await broker.close();
    outbox.close();
    await store.close();
  });

  const start = (service: Service): unknown => running.push(service.run(stop.signal));
  const connected = (link: MqttLink) => new Promise<void>((resolve) => link.onConnected(resolve));

  async function startNode(): Promise<MqttLink> {
    const link = new MqttLink({ ...short, url: line.url, reconnectFirstMs: 20, slowestBytesPerSecond });
    start(link);
    await connected(link);
    const pace = { firstMs: short.firstMs, longestMs: 4_000, window: 4 };
    start(
      new Publisher({
        node,
        link,
        outbox,
        hitPace: pace,
        picturePace: pace,
        publishDeadlineMs: short.deadlineMs,
        slowestBytesPerSecond,
      }),
    );
    return link;
  }

  it('arrives once, over one connection, and a hit that is made meanwhile arrives behind it', async () => {
    const first = sampleHit({ timeMs: 1, evidence: pictures });
    const meanwhile = sampleHit({ timeMs: 2 });
    const link = await startNode();
    outbox.append(first, pictures);
    await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, picturesWaiting: 1 }), soon);
    await vi.waitFor(() => expect(link.unacknowledgedBytes).toBeGreaterThan(0), soon);
    outbox.append(meanwhile);
    await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, picturesWaiting: 0 }), soon);
    expect(arrived).toEqual([first.id, 'scene', meanwhile.id]);
    expect(line.connections).toBe(1);
  });

  it('does not keep a link that is gone', async () => {
    const link = await startNode();
    outbox.append(sampleHit({ evidence: pictures }), pictures);
    await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, picturesWaiting: 1 }), soon);
    line.freeze();
    await vi.waitFor(() => expect(line.connections).toBe(2), soon);
    await connected(link);
    await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ picturesWaiting: 0, picturesReceived: 1 }), soon);
  });
});
