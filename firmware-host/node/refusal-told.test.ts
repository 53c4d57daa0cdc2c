import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLog } from '../../config/foundation/log.ts';
import { nodeSettingsSchema } from '../../config/node-settings.ts';
import { inbox } from '../../sync/broker/broker-link.contract.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from '../../sync/broker/embedded-broker.ts';
import { MemoryBroker } from '../../sync/broker/memory-link.ts';
import { topics } from '../../sync/broker/topics.ts';
import { withBroker } from '../../sync/broker/with-broker.ts';
import { place, TestAuthority, TestNode } from '../../sync/lists/list-world.fixture.ts';
import { parseMessage } from '../../sync/uplink/cloud-event.ts';
import { healthSchema, maxHealthBytes } from '../../sync/uplink/health.ts';
import { openNode } from './open-node.ts';

let folder: string;
let broker: EmbeddedBroker;
const stop = new AbortController();
let running: Promise<void>;

/** A node with a key and a trusted authority, on a broker; its camera's folder is empty. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-refusal-'));
  broker = await startEmbeddedBroker();
  const authority = new TestAuthority();
  writeFileSync(join(folder, 'NL.pem'), authority.publicKey.export({ type: 'spki', format: 'pem' }));
  await TestNode.open({ folder, link: new MemoryBroker().link(), authorities: [authority] });
  const settings = nodeSettingsSchema({ folder }).parse({
    node: place,
    dataFolder: folder,
    cameras: [{ name: 'north', source: { kind: 'folder', path: folder, pace: 'fast' } }],
    broker: { url: broker.url },
    keys: { nodeKeyFile: join(folder, 'node.key') },
    trust: { authorities: [{ authority: 'NL', publicKeyFile: join(folder, 'NL.pem') }] },
    console: { socketPath: join(folder, 'console.sock') },
  });
  running = (await openNode(settings, silentLog)).run(stop.signal);
});
afterEach(async () => {
  stop.abort();
  await running;
  await broker.close();
  rmSync(folder, { recursive: true });
});

it('tells the centre of a refused list message at once, not with the health of the next minute', async () => {
  await withBroker({ url: broker.url }, async (centre) => {
    const said = inbox(centre, topics.health(place.id));
    const lists = async () => parseMessage(healthSchema, (await said.next()).payload, maxHealthBytes)?.lists;
    expect(await lists()).toEqual([]);
    const before = performance.now();
    await centre.publish(topics.listManifest('NL', 'stolen'), Buffer.from('no manifest'), {
      qos: 1,
      deadlineMs: 5_000,
    });
    expect(await lists()).toMatchObject([{ list: 'NL/stolen', state: 'refused', refused: { count: 1 } }]);
    expect(performance.now() - before).toBeLessThan(15_000);
  });
});
