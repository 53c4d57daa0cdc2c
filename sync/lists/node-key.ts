import { readFileSync, writeFileSync } from 'node:fs';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import { z } from 'zod';
import { Fault } from '../../config/foundation/fault.ts';
import type { NodePlace } from './area.ts';

export const wrapAlgorithm = 'ECDH-ES+A256KW';
const coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/**
 * A node's public key as `anpr-node enroll` prints it: a JWK (P-256, so that hardware can hold it) with the node's id
 * and place, which the centre needs for lists with an area.
 */
export const publicNodeKeySchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: coordinate,
  y: coordinate,
  use: z.literal('enc'),
  alg: z.literal(wrapAlgorithm),
  /** The node's id, as in its settings and topics. */
  kid: z.string().regex(/^[\w.-]{1,64}$/),
  site: z.string().max(64),
  country: z.string().max(3),
});
export type PublicNodeKey = Readonly<z.infer<typeof publicNodeKeySchema>>;

const privateNodeKeySchema = publicNodeKeySchema.extend({ d: coordinate });
/** JWK Set, so that further keys of the node find their place in the same file. */
const nodeKeyFileSchema = z.object({ keys: z.array(privateNodeKeySchema).length(1) });

/** The key pair with which this node opens list keys. */
export interface NodeKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: PublicNodeKey;
}

/** Makes a key pair and writes it where only its owner can read it. Throws `node-key/exists` rather than overwrite. */
export async function makeNodeKey(path: string, node: NodePlace): Promise<PublicNodeKey> {
  const pair = await generateKeyPair(wrapAlgorithm, { crv: 'P-256', extractable: true });
  const terms = { use: 'enc', alg: wrapAlgorithm, kid: node.id, site: node.site, country: node.country };
  const secret = privateNodeKeySchema.parse({ ...(await exportJWK(pair.privateKey)), ...terms });
  try {
    writeFileSync(path, `${JSON.stringify({ keys: [secret] }, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    if (exists) throw new Fault('node-key/exists', `${path} exists already; a node keeps its key`, { cause });
    throw new Fault('node-key/not-written', `cannot write ${path}`, { cause });
  }
  return publicPartOf(secret);
}

/** Throws `node-key/unreadable`. */
export async function readNodeKey(path: string): Promise<NodeKey> {
  try {
    const file = nodeKeyFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    const [secret] = file.keys;
    if (secret === undefined) throw new Fault('node-key/unreadable', 'no key');
    const privateKey = (await importJWK(secret, wrapAlgorithm)) as CryptoKey;
    return { id: secret.kid, privateKey, publicKey: publicPartOf(secret) };
  } catch (cause) {
    throw new Fault('node-key/unreadable', `${path} holds no node key; make one with anpr-node enroll`, { cause });
  }
}

/** A short name of a public key that two people can compare over the telephone. */
export async function fingerprintOf(key: PublicNodeKey): Promise<string> {
  const thumbprint = await calculateJwkThumbprint({ kty: key.kty, crv: key.crv, x: key.x, y: key.y });
  return thumbprint.slice(0, 16);
}

function publicPartOf(secret: z.infer<typeof privateNodeKeySchema>): PublicNodeKey {
  return publicNodeKeySchema.parse(secret);
}
