import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import { z } from 'zod';
import { Fault } from '../../../config/foundation/fault.ts';
import { privateSigningKeySchema, publicSigningKeySchema, type SigningKey, signAlgorithm } from '../../uplink/sign.ts';
import type { NodePlace } from '../area.ts';

/** Its name in `systemd-creds encrypt --name=node-key` and LoadCredentialEncrypted=node-key:... */
export const nodeKeyCredential = 'node-key';
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
  /** With which the node's hits are verified; absent on nodes that were enrolled before hits were signed. */
  signing: publicSigningKeySchema.optional(),
});
export type PublicNodeKey = Readonly<z.infer<typeof publicNodeKeySchema>>;

const privateNodeKeySchema = publicNodeKeySchema.omit({ signing: true }).extend({ d: coordinate });
/** JWK Set: the key that opens list keys, then the one that signs hits. */
const nodeKeyFileSchema = z.object({ keys: z.tuple([privateNodeKeySchema], privateSigningKeySchema) });

/** The key pairs with which this node opens list keys and signs hits. */
export interface NodeKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: PublicNodeKey;
  /** Null in a file that was made before hits were signed. */
  readonly signingKey: SigningKey | null;
}

/** Makes both key pairs and writes them where only its owner can read it. Throws `node-key/exists` rather than overwrite. */
export async function makeNodeKey(path: string, node: NodePlace): Promise<PublicNodeKey> {
  const pair = await generateKeyPair(wrapAlgorithm, { crv: 'P-256', extractable: true });
  const terms = { use: 'enc', alg: wrapAlgorithm, kid: node.id, site: node.site, country: node.country };
  const secret = privateNodeKeySchema.parse({ ...(await exportJWK(pair.privateKey)), ...terms });
  const signingPair = await generateKeyPair(signAlgorithm, { extractable: true });
  const signingTerms = { use: 'sig', alg: signAlgorithm, kid: node.id };
  const signing = privateSigningKeySchema.parse({ ...(await exportJWK(signingPair.privateKey)), ...signingTerms });
  try {
    writeFileSync(path, `${JSON.stringify({ keys: [secret, signing] }, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    const keeps = `${path} exists already; a node keeps its key, and anpr-node enroll --show prints its line for the centre again`;
    if (exists) throw new Fault('node-key/exists', keeps, { cause });
    throw new Fault('node-key/not-written', `cannot write ${path}`, { cause });
  }
  return publicPartOf(secret, signing);
}

/**
 * The file that holds this node's key: the systemd credential `node-key` where the service was given one (LoadCredentialEncrypted=
 * decrypts it with the machine's TPM, for this service alone and never onto the disk), otherwise the file in the settings.
 */
export function nodeKeyPath(path: string, environment: NodeJS.ProcessEnv = process.env): string {
  const folder = environment.CREDENTIALS_DIRECTORY;
  if (folder === undefined || folder === '') return path;
  const credential = join(folder, nodeKeyCredential);
  return existsSync(credential) ? credential : path;
}

/** Throws `node-key/unreadable`. */
export async function readNodeKey(keyFile: string, environment?: NodeJS.ProcessEnv): Promise<NodeKey> {
  const path = nodeKeyPath(keyFile, environment);
  try {
    const file = nodeKeyFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    const [secret, signing] = file.keys;
    const privateKey = (await importJWK(secret, wrapAlgorithm)) as CryptoKey;
    const signingKey = signing
      ? { id: signing.kid, privateKey: (await importJWK(signing, signAlgorithm)) as CryptoKey }
      : null;
    return { id: secret.kid, privateKey, publicKey: publicPartOf(secret, signing), signingKey };
  } catch (cause) {
    throw new Fault('node-key/unreadable', `${path} holds no node key; make one with anpr-node enroll`, { cause });
  }
}

/** Throws `node-key/no-signing-key` for a key file that was made before hits were signed. */
export function signingKeyOf(key: NodeKey): SigningKey {
  if (key.signingKey !== null) return key.signingKey;
  throw new Fault(
    'node-key/no-signing-key',
    `the key file of node ${key.id} has no key to sign hits with: set it aside, run anpr-node enroll, and give the centre the new line`,
  );
}

/** A short name of a node's public keys that two people can compare over the telephone. */
export async function fingerprintOf(key: PublicNodeKey): Promise<string> {
  const prints = [key, ...(key.signing ? [key.signing] : [])].map(({ kty, crv, x, y }) =>
    calculateJwkThumbprint({ kty, crv, x, y }),
  );
  const both = (await Promise.all(prints)).join('.');
  return createHash('sha256').update(both).digest('base64url').slice(0, 16);
}

function publicPartOf(
  secret: z.infer<typeof privateNodeKeySchema>,
  signing: z.infer<typeof privateSigningKeySchema> | undefined,
): PublicNodeKey {
  return publicNodeKeySchema.parse({ ...secret, ...(signing && { signing }) });
}
