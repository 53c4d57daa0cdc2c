import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../../config/foundation/log.ts';
import { MqttLink } from '../../broker/mqtt-link.ts';
import { type Mosquitto, mosquittoInstalled, startMosquitto } from '../../broker/start-mosquitto.ts';
import { topics } from '../../broker/topics.ts';
import { encodeMessage } from '../../uplink/cloud-event.ts';
import { sampleHit } from '../../uplink/sample-hit.test-data.ts';
import { HitPrinter } from '../hit-printer.ts';
import type { ReceiverCounts } from '../receiver.ts';
import { openHitStore } from '../store/open-hit-store.ts';
import { type Postgres, postgresInstalled, startPostgres } from '../store/start-postgres.ts';
import { openUnsigned } from '../verification/hit-opener.ts';
import { followHits } from './hits.ts';

const possible = [mosquittoInstalled(), postgresInstalled()].every(Boolean);
const soon = { timeout: 20_000, interval: 50 };

describe.skipIf(!possible)('centres of two countries on one broker, each with PostgreSQL', () => {
  let broker: Mosquitto;
  let postgres: Postgres;
  let stop: AbortController;

  beforeEach(async () => {
    [broker, postgres] = await Promise.all([startMosquitto(), startPostgres()]);
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await Promise.all([broker.close(), postgres.close()]);
  });

  const follow = (store: string): Promise<ReceiverCounts> => {
    const printer = new HitPrinter({
      write: () => undefined,
      json: true,
      colours: null,
      columns: 80,
      showPictures: false,
      decodePicture: async () => ({ widthPx: 1, heightPx: 1, channels: 1, data: Buffer.of(0) }),
      evidence: null,
    });
    return followHits(
      { broker: { url: broker.url }, store, printer, opener: openUnsigned, log: silentLog },
      stop.signal,
    );
  };

  it('each get every hit, and the receivers of one share theirs', async () => {
    const [dutch, belgian] = [postgres.database(), postgres.database()];
    const link = new MqttLink({ url: broker.url });
    const linkRuns = link.run(stop.signal);
    let ready = 0;
    link.subscribe(topics.centreReady, () => {
      ready += 1;
    });
    await new Promise<void>((resolve) => link.onConnected(resolve));
    const running = [dutch, dutch, belgian].map(follow);
    await vi.waitFor(() => expect(ready).toBe(3), soon);
    const hits = Array.from({ length: 12 }, () => sampleHit());
    for (const hit of hits)
      await link.publish(topics.hits(hit.data.node), encodeMessage(hit), { qos: 1, deadlineMs: 5_000 });
    for (const url of [dutch, belgian]) {
      const store = await openHitStore(url);
      await vi.waitFor(async () => expect(await store.counts()).toMatchObject({ hits: hits.length }), soon);
      await store.close();
    }
    stop.abort();
    const counts = await Promise.all(running);
    await linkRuns;
    const [here, there] = counts;
    expect((here?.hits ?? 0) + (there?.hits ?? 0)).toBe(hits.length);
    expect(counts.map(({ duplicates }) => duplicates)).toEqual([0, 0, 0]);
  });
});
