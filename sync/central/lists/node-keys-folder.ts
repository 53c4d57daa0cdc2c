import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';
import { type PublicNodeKey, publicNodeKeySchema } from '../../lists/node-key.ts';

/** The fleet's public keys: every .json file of a folder, as `anpr-node enroll` printed it. Throws `node-keys/...`. */
export function readNodeKeys(folder: string): PublicNodeKey[] {
  const keys = filesOf(folder).map((file) => ({ file, key: readKey(join(folder, file)) }));
  const seen = new Map<string, string>();
  for (const { file, key } of keys) {
    const other = seen.get(key.kid);
    if (other !== undefined) throw new Fault('node-keys/twice', `${other} and ${file} are both of node ${key.kid}`);
    seen.set(key.kid, file);
  }
  return keys.map(({ key }) => key);
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch (cause) {
    throw new Fault('node-keys/unreadable', `cannot read the folder ${folder}`, { cause });
  }
}

function readKey(path: string): PublicNodeKey {
  try {
    const text = readFileSync(path, 'utf8');
    // A node's secret key that strays to the centre is a mistake worth stopping for.
    if (/"d"\s*:/.test(text))
      throw new Fault('node-keys/secret', `${path} holds a secret key; it belongs on its node only`);
    return publicNodeKeySchema.parse(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('node-keys/unreadable', `${path} is no public key of a node`, { cause });
  }
}
