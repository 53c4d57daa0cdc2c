import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installationRoot } from '../config/foundation/installation.ts';
import { mosquittoInstalled, startMosquitto } from '../sync/broker/start-mosquitto.ts';
import { withBroker } from '../sync/broker/with-broker.ts';
import { benchCentre } from '../sync/central/bench/bench-centre.ts';
import { postgresInstalled, startPostgres } from '../sync/central/store/start-postgres.ts';

const possible = [mosquittoInstalled(), postgresInstalled()].every(Boolean);

describe.skipIf(!possible)('three receivers on one PostgreSQL and one Mosquitto', () => {
  it('share the hits, and one that is killed loses none and doubles none', async () => {
    const [broker, postgres] = await Promise.all([startMosquitto(), startPostgres()]);
    const report = await withBroker({ url: broker.url }, (link) =>
      benchCentre({
        program: join(installationRoot(), 'dist', 'anpr-central.js'),
        link,
        brokerUrl: broker.url,
        store: postgres.database(),
        processes: 3,
        hitsPerSecond: 100,
        seconds: 4,
        kill: true,
        resendMs: 2_000,
      }),
    );
    await Promise.all([broker.close(), postgres.close()]);
    expect(report).toMatchObject({ hits: 400, lost: 0, doubled: 0 });
    expect(Math.min(...report.shares)).toBeGreaterThan(0);
  }, 180_000);
});
