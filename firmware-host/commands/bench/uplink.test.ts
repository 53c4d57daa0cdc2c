import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installationRoot } from '../../../config/foundation/installation.ts';
import { mosquittoInstalled } from '../../../sync/broker/start-mosquitto.ts';
import { measureUplink } from './measure-uplink.ts';

it.skipIf(!mosquittoInstalled())(
  'measures signed hits from the outbox through Mosquitto to the centre’s receipt',
  {
    timeout: 120_000,
  },
  async () => {
    const measured = await measureUplink({
      centreFile: join(installationRoot(), 'dist', 'anpr-central.js'),
      hitsPerSecond: 10,
      seconds: 1,
      backlog: 20,
      onProgress: () => undefined,
    });
    expect(measured.paced.hits).toBe(10);
    expect(measured.backlog.hits).toBe(20);
    expect(measured.toReceipt.p95).toBeGreaterThanOrEqual(measured.toReceipt.median);
    expect(measured.toReceipt.median).toBeGreaterThan(measured.append.median);
  },
);
