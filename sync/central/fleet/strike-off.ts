import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';
import type { BrokerLink } from '../../broker/broker-link.ts';
import { topics } from '../../broker/topics.ts';
import type { PublicNodeKey } from '../../lists/sealing/node-key.ts';
import {
  nodeKeyFiles,
  readNodeKey,
  refuseStruckOff,
  struckOffFile,
  struckOffFolder,
} from '../lists/node-keys-folder.ts';
import { gatherRetained } from './gather-retained.ts';

/** Takes a node's key into the fleet. Throws `node-keys/struck-off` for one that left it, `node-keys/twice` for a second key of a node. */
export function enlist(folder: string, file: string): PublicNodeKey {
  const key = readNodeKey(file);
  refuseStruckOff(folder, key);
  mkdirSync(folder, { recursive: true });
  const there = fileOf(folder, key.kid);
  if (there === null) copyFileSync(file, join(folder, `${key.kid}.json`));
  else if (readNodeKey(there).x !== key.x)
    throw new Fault(
      'node-keys/twice',
      `${there} is another key of ${key.kid}; take that one out with fleet remove first`,
    );
  return key;
}

/**
 * Takes a node out of the fleet: no list key is wrapped for it any more. Null when that was done before, so that what was to follow can
 * be done again. Throws `node-keys/unknown`.
 */
export function strikeOff(folder: string, node: string, nowMs: number): PublicNodeKey | null {
  const file = fileOf(folder, node);
  if (file === null) {
    if (fileOf(struckOffFolder(folder), node) !== null) return null;
    throw new Fault('node-keys/unknown', `no key of ${node} is in ${folder}`);
  }
  const key = readNodeKey(file);
  const kept = struckOffFile(folder, key);
  mkdirSync(dirname(kept), { recursive: true });
  writeFileSync(`${kept}.new`, `${JSON.stringify({ ...key, struckOff: new Date(nowMs).toISOString() }, null, 2)}\n`);
  renameSync(`${kept}.new`, kept);
  rmSync(file);
  return key;
}

/**
 * Erases what a broker retains for and of a node: its wrapped list keys, presence and health. Gives the number of messages. Throws
 * `fleet/not-erased`.
 *
 * A broker acknowledges what its rules refuse, and says nothing of what they do not let one see. So the node's presence is erased in any
 * case: only whoever may both erase and see it is told that it is gone.
 */
export async function eraseNodeAt(link: BrokerLink, node: string): Promise<number> {
  const presence = topics.presence(node);
  const gone = new Set<string>();
  const leave = link.subscribe(presence, ({ topic, payload }) => {
    if (payload.length === 0) gone.add(topic);
  });
  try {
    const found = await retainedOf(link, node);
    for (const topic of new Set([...found, presence])) {
      const outcome = await link.publish(topic, new Uint8Array(), { qos: 1, retain: true, deadlineMs: 10_000 });
      if (outcome !== 'acknowledged') throw new Fault('fleet/not-erased', `the broker did not take it: ${outcome}`);
    }
    const left = await retainedOf(link, node);
    if (!gone.has(presence)) throw notErased(node, "the broker's rules do not let this client see and erase it");
    if (left.size > 0)
      throw notErased(
        node,
        `${left.size} messages are there still: the broker's rules do not let this client erase them, or the node still runs and sends them anew`,
      );
    return found.size;
  } finally {
    leave();
  }
}

function notErased(node: string, why: string): Fault {
  const todo =
    'repeat fleet remove with the certificate of the client that may (fleet, in the rules that come with the product)';
  return new Fault('fleet/not-erased', `what the broker keeps of ${node} is not erased: ${why}; ${todo}`);
}

async function retainedOf(link: BrokerLink, node: string): Promise<ReadonlySet<string>> {
  const retained = new Set<string>();
  const filters = [topics.allListKeysOf(node), topics.presence(node), topics.health(node)];
  await gatherRetained(link, filters, ({ topic, payload }) => {
    if (payload.length > 0) retained.add(topic);
    else retained.delete(topic);
  });
  return retained;
}

/** A file that cannot be read matters only where it may be the node's, which is in none of the others: then that is thrown. */
function fileOf(folder: string, node: string): string | null {
  if (!existsSync(folder)) return null;
  let unread: Fault | null = null;
  for (const name of nodeKeyFiles(folder)) {
    try {
      if (readNodeKey(join(folder, name)).kid === node) return join(folder, name);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      unread ??= error;
    }
  }
  if (unread !== null) throw unread;
  return null;
}
