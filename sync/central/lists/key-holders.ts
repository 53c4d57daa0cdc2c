import { type Area, isInside } from '../../lists/area.ts';
import type { Manifest } from '../../lists/manifest.ts';
import { fingerprintOf, type PublicNodeKey } from '../../lists/sealing/node-key.ts';
import type { KeyHolders, ListFolder } from './list-folder.ts';
import { readNodeKeys } from './node-keys-folder.ts';

/** The nodes of a fleet that a list is for: those inside its area. */
export function nodesInside(area: Area | null, nodes: readonly PublicNodeKey[]): PublicNodeKey[] {
  return nodes.filter(({ kid, site, country }) => isInside(area, { id: kid, site, country }));
}

/** Notes who is about to be sent the key of a generation, before it is sent. */
export async function noteKeyHolders(
  folder: ListFolder,
  generation: number,
  fleet: { readonly nodes: readonly PublicNodeKey[]; readonly nodeKeys: string | null },
): Promise<void> {
  const before = folder.keyHolders();
  const known = before?.generation === generation ? before.holders : [];
  const holders = new Map(known.map((one) => [`${one.node} ${one.fingerprint}`, one]));
  for (const node of fleet.nodes) {
    const holder = { node: node.kid, fingerprint: await fingerprintOf(node) };
    holders.set(`${holder.node} ${holder.fingerprint}`, holder);
  }
  const nodeKeys = fleet.nodeKeys ?? before?.nodeKeys ?? null;
  folder.writeKeyHolders({ generation, nodeKeys, holders: [...holders.values()] });
}

/**
 * Nodes that were sent the key of the newest version and may not have it any more: struck off the fleet, enrolled anew with another key
 * pair, or outside the area now. The fleet's keys are read where the last publication found them unless another folder is named.
 */
export async function departedHolders(folder: ListFolder, area: Area | null, nodeKeys?: string): Promise<string[]> {
  const held = folder.keyHolders();
  if (held === null || held.generation !== folder.manifest()?.generation) return [];
  const fleet = nodeKeys ?? held.nodeKeys;
  return fleet === null ? [] : holdersNotAmong(held, nodesInside(area, readNodeKeys(fleet)));
}

/** Nodes that hold the key of this version although they may not have it any more; the next build rotates it. */
export async function keyHeldBy(
  folder: ListFolder,
  manifest: Manifest,
  nodes: readonly PublicNodeKey[],
): Promise<string[]> {
  const held = folder.keyHolders();
  if (manifest.state === 'revoked' || held?.generation !== manifest.generation) return [];
  return holdersNotAmong(held, nodesInside(manifest.area, nodes));
}

/** The holders that are none of these nodes. */
async function holdersNotAmong({ holders }: KeyHolders, nodes: readonly PublicNodeKey[]): Promise<string[]> {
  const may = new Set(await Promise.all(nodes.map(fingerprintOf)));
  return [...new Set(holders.filter(({ fingerprint }) => !may.has(fingerprint)).map(({ node }) => node))];
}
