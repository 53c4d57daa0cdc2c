import { createPublicKey } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MqttLink } from '../../broker/mqtt-link.ts';
import { openDatabase } from '../../database/database.ts';
import { ListSync } from '../list-sync.ts';
import { ListKeys } from '../sealing/list-keys.ts';
import { makeNodeKey, type NodeKey, readNodeKey } from '../sealing/node-key.ts';
import { ListStore } from '../store/list-store.ts';
import { TrustStore } from '../trust.ts';
import { cpuSeconds, type FleetRole, type FromChild, type ToChild } from './bench-messages.ts';

/** Many nodes in one process: each with a connection, keys, a store (in memory) and list sync of its own. */
export async function runBenchFleet(role: FleetRole, tell: (message: FromChild) => void): Promise<void> {
  const trust = new TrustStore(role.trusted.map((one) => [one.authority, createPublicKey(one.publicKey)]));
  const stop = new AbortController();
  // Every node of the fleet listens to this one signal.
  setMaxListeners(0, stop.signal);
  process.once('SIGTERM', () => stop.abort());
  process.once('disconnect', () => stop.abort());
  const nodes = await fleetKeys(role);
  const running: Promise<void>[] = [];
  for (const key of nodes) {
    const link = new MqttLink({ url: role.brokerUrl, clientId: key.id, reconnectFirstMs: 200, keepaliveSeconds: 300 });
    const store = new ListStore(openDatabase(':memory:'));
    const keys = await ListKeys.open(key, store);
    const sync = new ListSync({
      link,
      store,
      keys,
      trust,
      node: { id: key.id, site: 'bench', country: 'NL' },
      onApplied: ({ authority, version }) => tell({ tell: 'applied', authority, version, atMs: Date.now() }),
    });
    running.push(link.run(stop.signal), sync.run(stop.signal));
    // One after another, as they would come, and not a thousand in the same instant.
    await new Promise<void>((resolve) => {
      link.onConnected(resolve);
      stop.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
  process.on('message', (message: ToChild) => {
    if (message.ask === 'cpu') tell({ tell: 'cpu', seconds: cpuSeconds() });
  });
  tell({ tell: 'ready', keys: nodes.map((node) => node.publicKey), probed: false });
  await Promise.all(running);
  process.exit(0);
}

async function fleetKeys({ clients, firstClient }: FleetRole): Promise<NodeKey[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-fleet-'));
  try {
    const keys: NodeKey[] = [];
    for (let n = firstClient; n < firstClient + clients; n += 1) {
      const file = join(folder, `${n}.key`);
      await makeNodeKey(file, { id: `bench-${n}`, site: 'bench', country: 'NL' });
      keys.push(await readNodeKey(file));
    }
    return keys;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
