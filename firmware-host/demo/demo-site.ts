import { join } from 'node:path';
import { Fault } from '../../config/foundation/fault.ts';
import { type NodeSettings, nodeSettingsSchema } from '../../config/node-settings.ts';
import { withBroker } from '../../sync/broker/with-broker.ts';
import { buildListFolder } from '../../sync/central/lists/build-list-folder.ts';
import { ListFolder } from '../../sync/central/lists/list-folder.ts';
import { publishList } from '../../sync/central/lists/publish-list.ts';
import { makeSigningKey, readSigningKey } from '../../sync/central/lists/signing-key.ts';
import { makeNodeKey, type PublicNodeKey } from '../../sync/lists/sealing/node-key.ts';
import { demoLanes } from './demo-lanes.ts';
import { DEMO_AUTHORITY, demoListCsv, demoListDescription } from './demo-lists.ts';
import type { DemoVehicle } from './sequence.ts';

export const DEMO_PLACE = { id: 'demo-node', site: 'A16 Hazeldonk (demo)', country: 'NL' } as const;

export interface DemoSiteParts {
  /** Everything is made in here. */
  readonly folder: string;
  readonly brokerUrl: string;
  readonly cameraUrl: string;
  readonly vehicles: readonly DemoVehicle[];
}

export interface DemoSite {
  readonly settings: NodeSettings;
  /** The node's public keys, with which the centre verifies its hits. */
  readonly nodes: readonly PublicNodeKey[];
}

/** Makes keys, builds and publishes a sealed list of a few of the vehicles, and gives the settings of a node that knows them. */
export async function demoSite({ folder, brokerUrl, cameraUrl, vehicles }: DemoSiteParts): Promise<DemoSite> {
  const keys = makeSigningKey(DEMO_AUTHORITY, join(folder, 'centre'));
  const nodeKeyFile = join(folder, 'node-key.json');
  const nodes = [await makeNodeKey(nodeKeyFile, DEMO_PLACE)];
  const list = new ListFolder(join(folder, 'centre', 'list'));
  const csv = [demoListCsv(vehicles)];
  const built = await buildListFolder({ description: demoListDescription, csv, folder: list, nowMs: Date.now() });
  if ('errors' in built) throw new Fault('demo/bad-list', built.errors[0]?.message ?? 'the list of the demo is wrong');
  const signingKey = readSigningKey(keys.signingKeyFile);
  await withBroker({ url: brokerUrl }, (link) =>
    publishList({ folder: list, link, broker: brokerUrl, signingKey, nodes, nowMs: Date.now() }),
  );
  const settings = nodeSettingsSchema({ folder }).parse({
    node: DEMO_PLACE,
    dataFolder: 'node',
    cameras: [{ name: 'gantry', source: { kind: 'mjpeg', url: cameraUrl }, lanes: demoLanes() }],
    broker: { url: brokerUrl },
    keys: { nodeKeyFile },
    trust: { authorities: [{ authority: DEMO_AUTHORITY, publicKeyFile: keys.publicKeyFile }] },
  });
  return { settings, nodes };
}
