import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';
import { type NodeSettings, nodeSettingsSchema } from '../../../config/node-settings.ts';
import { withBroker } from '../../../sync/broker/with-broker.ts';
import { buildListFolder } from '../../../sync/central/lists/build-list-folder.ts';
import { ListFolder } from '../../../sync/central/lists/list-folder.ts';
import { publishList } from '../../../sync/central/lists/publish-list.ts';
import { makeSigningKey, readSigningKey } from '../../../sync/central/lists/signing-key.ts';
import type { ListDescription } from '../../../sync/lists/list-description.ts';
import { makeNodeKey } from '../../../sync/lists/sealing/node-key.ts';
import { demoLanes } from '../../demo/demo-lanes.ts';
import type { Traffic } from './latency-traffic.ts';

export const benchPlace = { id: 'bench-node', site: 'bench', country: 'NL' } as const;
const authority = 'NL-BENCH';

/** Everybody is listed: each vehicle is a measurement, and the node has more work than on any road. */
const listDescription: ListDescription = {
  authority,
  list: 'all-vehicles',
  title: 'Everybody (benchmark)',
  purpose: 'stolen-vehicle',
  legalBasis: 'invented for a benchmark',
  protocol: 'invented for a benchmark',
  recipients: ['bench'],
  action: 'stop',
  priority: 2,
  respondWithinMinutes: 15,
  area: null,
  expectedGenuinePerMillion: 500_000,
  falseHitsPerMillion: { confirmed: 1_000, verify: 20_000 },
  validity: { days: 1 },
};

export interface LatencySiteParts {
  /** Everything is made in here; the centre's register of nodes under `node-keys`. */
  readonly folder: string;
  readonly brokerUrl: string;
  readonly cameraUrls: readonly string[];
  readonly vehicles: Traffic['vehicles'];
}

/** Makes keys, publishes a list of all vehicles, and gives the settings of a node with these cameras. */
export async function latencySite(parts: LatencySiteParts): Promise<NodeSettings> {
  const { folder, brokerUrl, cameraUrls, vehicles } = parts;
  const keys = makeSigningKey(authority, join(folder, 'centre'));
  const nodeKeyFile = join(folder, 'node-key.json');
  const node = await makeNodeKey(nodeKeyFile, benchPlace);
  mkdirSync(join(folder, 'node-keys'));
  writeFileSync(join(folder, 'node-keys', `${benchPlace.id}.json`), JSON.stringify(node));
  const list = new ListFolder(join(folder, 'centre', 'list'));
  const rows = [...new Set(vehicles.map(({ text, country }) => `${text},${country}`))];
  const csv = [`plate,country,reference\n${rows.map((row, at) => `${row},BENCH-${at + 1}`).join('\n')}\n`];
  const built = await buildListFolder({ description: listDescription, csv, folder: list, nowMs: Date.now() });
  if ('errors' in built) throw new Fault('bench/bad-list', built.errors[0]?.message ?? 'the benchmark’s list is wrong');
  const signingKey = readSigningKey(keys.signingKeyFile);
  await withBroker({ url: brokerUrl }, (link) =>
    publishList({ folder: list, link, broker: brokerUrl, signingKey, nodes: [node], nowMs: Date.now() }),
  );
  return nodeSettingsSchema({ folder }).parse({
    node: benchPlace,
    dataFolder: 'node',
    cameras: cameraUrls.map((url, at) => ({
      name: cameraName(at),
      source: { kind: 'mjpeg', url },
      lanes: demoLanes(),
    })),
    broker: { url: brokerUrl },
    keys: { nodeKeyFile },
    trust: { authorities: [{ authority, publicKeyFile: keys.publicKeyFile }] },
  });
}

export function cameraName(at: number): string {
  return `camera-${at + 1}`;
}
