import { z } from 'zod';
import { cloudEventHead, encodeMessage } from './cloud-event.ts';
import { type EvidenceKind, hitType, maxEvidenceBytes, maxHitBytes, withdrawnType } from './hit.ts';
import { mostRecipients, type Sealed, sealedSchema } from './seal.ts';

/** Base64url of base64url, the wrapped keys, and the envelope around it. */
export const maxEnvelopeBytes = Math.ceil((maxHitBytes * 16) / 9) + mostRecipients * 512 + 4096;
export const maxSealedEvidenceBytes = Math.ceil((maxEvidenceBytes * 4) / 3) + mostRecipients * 512 + 4096;

const mostJwsCharacters = Math.ceil((maxHitBytes * 4) / 3) + 1024;

/** JWS in compact form (RFC 7515, 7.1): three parts in base64url; 64 bytes of signature in their one spelling. */
export const compactJws = z
  .string()
  .max(mostJwsCharacters)
  .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{85}[AQgw]$/);

const head = {
  ...cloudEventHead,
  type: z.enum([hitType, withdrawnType]),
  /** As in the hit inside; here so that a receiver can take the urgent first without opening anything. */
  priority: z.int().min(1).max(9).optional(),
};

/** Signed by the node: `data` is a JWS whose payload is the whole CloudEvent of the hit. */
export const signedEnvelopeSchema = z.object({
  ...head,
  datacontenttype: z.literal('application/jose'),
  data: compactJws,
});

/** Signed, then encrypted to its recipients: `data` is a JWE whose content is such a JWS. */
export const sealedEnvelopeSchema = z.object({
  ...head,
  datacontenttype: z.literal('application/jose+json'),
  data: sealedSchema(mostJwsCharacters),
});

/**
 * What travels on a node's topic of hits. Outside stand the members that CloudEvents asks for and the priority; everything
 * that tells of a vehicle is inside, signed, and repeats the id and the type that stand outside.
 */
export const hitEnvelopeSchema = z.discriminatedUnion('datacontenttype', [signedEnvelopeSchema, sealedEnvelopeSchema]);
export type HitEnvelope = z.infer<typeof hitEnvelopeSchema>;

/** What is said openly of an event that is signed or sealed. */
export interface OpenWords {
  readonly id: string;
  readonly source: string;
  readonly type: HitEnvelope['type'];
  readonly priority?: number;
}

/** The envelope around a signed event, or around one that was also sealed, as bytes. */
export function encodeEnvelope({ id, source, type, priority }: OpenWords, data: string | Sealed): Uint8Array {
  const datacontenttype = typeof data === 'string' ? 'application/jose' : 'application/jose+json';
  return encodeMessage({ specversion: '1.0', id, source, type, priority, datacontenttype, data });
}

/** What is inside a sealed event. */
export const sealedEventType = 'application/jose';

/** On the evidence topic: a JPEG as it is, or sealed to the recipients of its hit. */
export const sealedPictureSchema = sealedSchema(maxEvidenceBytes);
export const pictureType = 'image/jpeg';

/** A JPEG begins with a byte that no JSON begins with. */
export function looksSealed(picture: Uint8Array): boolean {
  return picture[0] === 0x7b;
}

export type WirePictures = Readonly<Partial<Record<EvidenceKind, Uint8Array>>>;
