import { encodeMessage } from './cloud-event.ts';
import type { Hit } from './hit.ts';
import { encodeEnvelope, pictureType, sealedEventType, type WirePictures } from './hit-envelope.ts';
import { type EvidencePictures, picturesOf } from './make-hit.ts';
import type { RecipientKeys } from './recipient-keys.ts';
import { type KeyByPrint, type Sealed, seal } from './seal.ts';
import { type SigningKey, signEvent } from './sign.ts';

/** A hit as it will travel, each time with the same bytes. */
export interface SealedHit {
  readonly body: Uint8Array;
  readonly pictures: WirePictures;
}

/**
 * Signs hits with the node's key and seals them, with their pictures, to their recipients. Done once, before the hit is
 * written to disk, so that whoever takes the box finds no more in the outbox than the broker sees.
 */
export class HitSealer {
  readonly #signingKey: SigningKey;
  readonly #recipients: RecipientKeys;

  constructor(signingKey: SigningKey, recipients: RecipientKeys) {
    this.#signingKey = signingKey;
    this.#recipients = recipients;
  }

  async seal(hit: Hit, evidence: EvidencePictures): Promise<SealedHit> {
    const { id, source, type } = hit;
    const { priority, recipients } = hit.data.entry;
    const keys = this.#recipients.keysOf(recipients);
    const words = { id, source, type, priority };
    const signed = await signEvent(encodeMessage(hit), this.#signingKey);
    if (keys.length === 0) return { body: encodeEnvelope(words, signed), pictures: evidence };
    const sealed = await seal(Buffer.from(signed), sealedEventType, keys);
    return { body: encodeEnvelope(words, sealed as Sealed), pictures: await sealPictures(evidence, keys) };
  }
}

async function sealPictures(evidence: EvidencePictures, keys: readonly KeyByPrint[]): Promise<WirePictures> {
  const sealed = picturesOf(evidence).map(
    async ({ kind, jpeg }) => [kind, encodeMessage(await seal(jpeg, pictureType, keys))] as const,
  );
  return Object.fromEntries(await Promise.all(sealed));
}
