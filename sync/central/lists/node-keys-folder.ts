import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';
import { type PublicNodeKey, publicNodeKeySchema } from '../../lists/sealing/node-key.ts';

/** A node's public key, and the name of the file in which it is. */
export interface FiledNodeKey {
  readonly file: string;
  readonly key: PublicNodeKey;
}

/** The fleet's public keys: every .json file of a folder, as `anpr-node enroll` printed it. Throws `node-keys/...`. */
export function readNodeKeys(folder: string): PublicNodeKey[] {
  return readFiledNodeKeys(folder).map(({ key }) => key);
}

/** The same, each with its file. */
export function readFiledNodeKeys(folder: string): FiledNodeKey[] {
  const keys = nodeKeyFiles(folder).map((file) => ({ file, key: readNodeKey(join(folder, file)) }));
  const seen = new Map<string, string>();
  for (const { file, key } of keys) {
    refuseStruckOff(folder, key);
    const other = seen.get(key.kid);
    if (other !== undefined) throw new Fault('node-keys/twice', `${other} and ${file} are both of node ${key.kid}`);
    seen.set(key.kid, file);
  }
  return keys;
}

/** Which of these have certainly left the fleet: their key was struck off, or its file is gone. Asks of no other file that it can be read. */
export function goneFromFleet(folder: string, keys: readonly FiledNodeKey[]): FiledNodeKey[] {
  let there: ReadonlySet<string>;
  try {
    there = new Set(nodeKeyFiles(folder));
  } catch (error) {
    // A folder that cannot be read says nothing of anybody.
    if (error instanceof Fault) return [];
    throw error;
  }
  return keys.filter(({ file, key }) => !there.has(file) || existsSync(struckOffFile(folder, key)));
}

/** Where the keys of nodes that left the fleet are kept, so that a lost box cannot come back under one. */
export function struckOffFolder(folder: string): string {
  return join(folder, 'struck-off');
}

/** Where one of those keys is. */
export function struckOffFile(folder: string, key: PublicNodeKey): string {
  return join(struckOffFolder(folder), `${key.kid}-${key.x}.json`);
}

/** Throws `node-keys/struck-off` for a key that left the fleet. */
export function refuseStruckOff(folder: string, key: PublicNodeKey): void {
  if (existsSync(struckOffFile(folder, key)))
    throw new Fault(
      'node-keys/struck-off',
      `this key of ${key.kid} was struck off the fleet and stays out; enroll the node anew, with a new key pair`,
    );
}

/** Names of the files that hold the fleet's keys. */
export function nodeKeyFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Fault(missing ? 'node-keys/no-folder' : 'node-keys/unreadable', `cannot read the folder ${folder}`, {
      cause,
    });
  }
}

/** One public key as `anpr-node enroll` printed it. Throws `node-keys/...`. */
export function readNodeKey(path: string): PublicNodeKey {
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
