import { encodeMessage } from './cloud-event.ts';
import type { Hit, Withdrawn } from './hit.ts';
import { encodeEnvelope, type OpenWords, pictureType, sealedEventType, type WirePictures } from './hit-envelope.ts';
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
    const body = await this.#sealEvent(hit, { id, source, type, priority }, keys);
    return { body, pictures: keys.length === 0 ? evidence : await sealPictures(evidence, keys) };
  }

  /** Seals a withdrawal to whom the hit was for, so that each of them confirms it. */
  sealWithdrawal(withdrawn: Withdrawn, recipients: readonly string[]): Promise<Uint8Array> {
    const { id, source, type } = withdrawn;
    return this.#sealEvent(withdrawn, { id, source, type }, this.#recipients.keysOf(recipients));
  }

  async #sealEvent(event: Hit | Withdrawn, words: OpenWords, keys: readonly KeyByPrint[]): Promise<Uint8Array> {
    const signed = await signEvent(encodeMessage(event), this.#signingKey);
    if (keys.length === 0) return encodeEnvelope(words, signed);
    return encodeEnvelope(words, (await seal(Buffer.from(signed), sealedEventType, keys)) as Sealed);
  }
}

async function sealPictures(evidence: EvidencePictures, keys: readonly KeyByPrint[]): Promise<WirePictures> {
  const sealed = picturesOf(evidence).map(
    async ({ kind, jpeg }) => [kind, encodeMessage(await seal(jpeg, pictureType, keys))] as const,
  );
  return Object.fromEntries(await Promise.all(sealed));
}
