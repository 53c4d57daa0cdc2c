import { CompactEncrypt, compactDecrypt, importJWK } from 'jose';
import { z } from 'zod';
import { Fault } from '../../../config/foundation/fault.ts';
import { authorityName, listName } from '../list-description.ts';
import { type NodeKey, type PublicNodeKey, wrapAlgorithm } from './node-key.ts';
import type { ListIdentity } from './seal.ts';

export const mostWrappedBytes = 4096;

const payloadSchema = z.strictObject({
  node: z.string(),
  authority: authorityName,
  list: listName,
  generation: z.int().min(1),
  key: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

/** A list key for one node alone: JWE (RFC 7516), ECDH-ES+A256KW and A256GCM, naming node and list inside. */
export async function wrapListKey(listKey: Uint8Array, list: ListIdentity, node: PublicNodeKey): Promise<string> {
  const { authority, list: name, generation } = list;
  const payload = {
    node: node.kid,
    authority,
    list: name,
    generation,
    key: Buffer.from(listKey).toString('base64url'),
  };
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: wrapAlgorithm, enc: 'A256GCM', kid: node.kid })
    .encrypt(await importJWK({ kty: node.kty, crv: node.crv, x: node.x, y: node.y }, wrapAlgorithm));
}

/** Throws `list/bad-wrapped-key` when it is not for this node, not for this list, or altered. */
export async function unwrapListKey(wrapped: string, list: ListIdentity, node: NodeKey): Promise<Buffer> {
  try {
    if (wrapped.length > mostWrappedBytes) throw new Fault('list/bad-wrapped-key', 'too large');
    if (!hasOneSpelling(wrapped)) throw new Fault('list/bad-wrapped-key', 'not as wrapListKey writes it');
    const limits = { keyManagementAlgorithms: [wrapAlgorithm], contentEncryptionAlgorithms: ['A256GCM'] };
    const { plaintext } = await compactDecrypt(wrapped, node.privateKey, limits);
    const payload = payloadSchema.parse(JSON.parse(new TextDecoder().decode(plaintext)));
    const meant = payload.node === node.id && payload.authority === list.authority;
    if (!meant || payload.list !== list.list || payload.generation !== list.generation) {
      throw new Fault('list/bad-wrapped-key', 'the key is for another list or node');
    }
    return Buffer.from(payload.key, 'base64url');
  } catch (cause) {
    throw new Fault('list/bad-wrapped-key', 'this list key cannot be opened with the key of this node', { cause });
  }
}

/** Base64url can write the same bytes in several ways; one message for one key keeps strangers from sending it as new for ever. */
function hasOneSpelling(wrapped: string): boolean {
  return wrapped.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}
