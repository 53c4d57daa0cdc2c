import { CompactSign, type CryptoKey, compactVerify, errors, importJWK } from 'jose';
import { z } from 'zod';

/** P-256 as for the node's other key, because the security chips of small computers hold that and not Ed25519. */
export const signAlgorithm = 'ES256';
/** Keeps a hit's signature from ever being taken for a signature of something else. */
const signedType = 'cloudevents+jws';
const coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** The public key with which everybody can verify what a node says: a JWK whose `kid` is the node's id. */
export const publicSigningKeySchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: coordinate,
  y: coordinate,
  use: z.literal('sig'),
  alg: z.literal(signAlgorithm),
  kid: z.string().regex(/^[\w.-]{1,64}$/),
});
export type PublicSigningKey = Readonly<z.infer<typeof publicSigningKeySchema>>;

export const privateSigningKeySchema = publicSigningKeySchema.extend({ d: coordinate });

/** The key with which this node signs. */
export interface SigningKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
}

/** A key ready to verify with. */
export async function importSigningKey(key: PublicSigningKey): Promise<CryptoKey> {
  const { kty, crv, x, y } = key;
  return (await importJWK({ kty, crv, x, y }, signAlgorithm)) as CryptoKey;
}

/** Signs the bytes of a CloudEvent: a JWS in compact form (RFC 7515) that names the node as its key. */
export async function signEvent(event: Uint8Array, key: SigningKey): Promise<string> {
  return new CompactSign(event)
    .setProtectedHeader({ alg: signAlgorithm, kid: key.id, typ: signedType })
    .sign(key.privateKey);
}

/** The very bytes that were signed, or null when this key did not sign them as an event of this node. */
export async function verifyEvent(jws: string, node: string, key: CryptoKey): Promise<Uint8Array | null> {
  try {
    const { payload, protectedHeader } = await compactVerify(jws, key, { algorithms: [signAlgorithm] });
    return protectedHeader.kid === node && protectedHeader.typ === signedType ? payload : null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
