import { Fault } from '../../config/foundation/fault.ts';
import type { NodeSettings } from '../../config/node-settings.ts';
import { type NodeKey, nodeKeyPath, readNodeKey } from '../../sync/lists/sealing/node-key.ts';

/**
 * The key that the settings name. Throws `node-key/of-another-node` rather than run with another's: it opens none of the lists that
 * the centre seals for this node, and the centre refuses every hit it signs.
 */
export async function ownNodeKey({ node, keys }: Pick<NodeSettings, 'node' | 'keys'>): Promise<NodeKey> {
  const key = await readNodeKey(keys.nodeKeyFile);
  if (key.id === node.id) return key;
  throw new Fault(
    'node-key/of-another-node',
    `${nodeKeyPath(keys.nodeKeyFile)} is the key of ${key.id}, not of ${node.id}: set it aside and enrol this node (anpr-node enroll), or correct node.id`,
  );
}
