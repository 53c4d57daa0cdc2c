import { type CryptoKey, calculateJwkThumbprint, flattenedDecrypt, GeneralEncrypt, importJWK, type JWK } from 'jose';
import { z } from 'zod';

export const sealAlgorithm = 'ECDH-ES+A256KW';
const contentAlgorithm = 'A256GCM';
const coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const base64url = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[A-Za-z0-9_-]*$/);
export const mostRecipients = 32;

/** RFC 7638, so that the wire names keys and never the teams that hold them. */
export const thumbprint = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** A recipient's public key, a JWK whose `kid` is the recipient's name as lists spell it. */
export const recipientKeySchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: coordinate,
  y: coordinate,
  use: z.literal('enc'),
  alg: z.literal(sealAlgorithm),
  kid: z.string().regex(/^[\w.@:-]{1,64}$/),
});
export type RecipientKey = Readonly<z.infer<typeof recipientKeySchema>>;
export const secretRecipientKeySchema = recipientKeySchema.extend({ d: coordinate });
export type SecretRecipientKey = Readonly<z.infer<typeof secretRecipientKeySchema>>;

/** JWE in general JSON form (RFC 7516, 7.2.1): one content, a wrapped key for each recipient. */
export function sealedSchema(mostBytes: number) {
  return z.object({
    protected: base64url(500),
    recipients: z
      .array(
        z.object({
          header: z.object({
            alg: z.literal(sealAlgorithm),
            kid: thumbprint,
            // Among the protected members where there is one recipient only.
            epk: z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate }).optional(),
          }),
          encrypted_key: base64url(100),
        }),
      )
      .min(1)
      .max(mostRecipients),
    iv: base64url(16),
    ciphertext: base64url(Math.ceil((mostBytes * 4) / 3)),
    tag: base64url(22),
  });
}
export type Sealed = z.infer<ReturnType<typeof sealedSchema>>;

/** A key by its name on the wire. */
export interface KeyByPrint {
  readonly print: string;
  readonly key: CryptoKey;
}

/** A public or secret recipient's key, ready to use. */
export async function importRecipientKey(jwk: RecipientKey | SecretRecipientKey): Promise<KeyByPrint> {
  const { kty, crv, x, y } = jwk;
  const bare: JWK = 'd' in jwk ? { kty, crv, x, y, d: jwk.d } : { kty, crv, x, y };
  return {
    print: await calculateJwkThumbprint({ kty, crv, x, y }),
    key: (await importJWK(bare, sealAlgorithm)) as CryptoKey,
  };
}

/** Encrypts for these recipients and nobody else. `contentType` says what is inside. */
export async function seal(content: Uint8Array, contentType: string, recipients: readonly KeyByPrint[]) {
  const encrypt = new GeneralEncrypt(content).setProtectedHeader({ enc: contentAlgorithm, cty: contentType });
  for (const { key, print } of recipients)
    encrypt.addRecipient(key).setUnprotectedHeader({ alg: sealAlgorithm, kid: print });
  return encrypt.encrypt();
}

/** `not-for-us`: no key here is among the recipients'. `damaged`: it is for us, and does not open. */
export type Opened =
  | {
      readonly content: Uint8Array;
      readonly contentType: string | undefined;
      /** Those of our keys for which it is, by their thumbprints. */
      readonly openedFor: readonly string[];
    }
  | 'not-for-us'
  | 'damaged';

/** Those of our keys for which a message is sealed, by their thumbprints. */
export function sealedFor({ recipients }: Sealed, keys: readonly KeyByPrint[]): readonly string[] {
  const prints = recipients.map(({ header }) => header.kid);
  return keys.map(({ print }) => print).filter((print) => prints.includes(print));
}

/** Opens what was sealed for one of these keys. */
export async function openSealed(sealed: Sealed, keys: readonly KeyByPrint[]): Promise<Opened> {
  const { recipients, ...common } = sealed;
  const openedFor = sealedFor(sealed, keys);
  for (const { header, encrypted_key } of recipients) {
    const own = keys.find((one) => one.print === header.kid);
    if (own === undefined) continue;
    try {
      const token = { ...common, header, encrypted_key };
      const { plaintext, protectedHeader } = await flattenedDecrypt(token, own.key, {
        keyManagementAlgorithms: [sealAlgorithm],
        contentEncryptionAlgorithms: [contentAlgorithm],
      });
      return { content: plaintext, contentType: protectedHeader?.cty, openedFor };
    } catch {
      // The content is a stranger's, and WebCrypto has its own errors for points that are on no curve: it opens or it does not.
      return 'damaged';
    }
  }
  return 'not-for-us';
}
