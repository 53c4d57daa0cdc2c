import { Fault } from '../../../config/foundation/fault.ts';
import type { BrokerLink } from '../../broker/broker-link.ts';
import { topics } from '../../broker/topics.ts';
import type { SignedManifest } from '../manifest.ts';
import type { PublicNodeKey } from '../sealing/node-key.ts';
import { wrapListKey } from '../sealing/wrap.ts';
import type { Blob, SyntheticList } from './synthetic-list.ts';

const inFlight = 16;

/** Publishes a list's blobs as they are made, a few at a time, so that the whole list is in the broker alone. */
export class SyntheticCentre {
  readonly #link: BrokerLink;
  readonly #list: SyntheticList;
  readonly #sending = new Set<Promise<void>>();
  bytesSent = 0;

  constructor(link: BrokerLink, list: SyntheticList) {
    this.#link = link;
    this.#list = list;
  }

  async grant(node: PublicNodeKey): Promise<void> {
    const { authority, list, listKey } = this.#list;
    const wrapped = await wrapListKey(listKey, { authority, list, generation: 1 }, node);
    await this.#send(topics.listKey(node.kid, authority, list, 1), Buffer.from(wrapped));
  }

  /** Blobs first; resolves when the broker has them all. */
  async publishBlobs(
    make: (publish: (blob: Blob) => Promise<void>) => Promise<SignedManifest>,
  ): Promise<SignedManifest> {
    const { authority, list } = this.#list;
    const signed = await make(async ({ sha256, bytes }) => {
      const sending = this.#send(topics.listBlob(authority, list, sha256), bytes).finally(() =>
        this.#sending.delete(sending),
      );
      this.#sending.add(sending);
      if (this.#sending.size >= inFlight) await Promise.race(this.#sending);
    });
    await Promise.all(this.#sending);
    return signed;
  }

  publishManifest(signed: SignedManifest): Promise<void> {
    return this.#send(topics.listManifest(signed.manifest.authority, signed.manifest.list), signed.bytes);
  }

  async #send(topic: string, payload: Uint8Array): Promise<void> {
    const outcome = await this.#link.publish(topic, payload, { qos: 1, retain: true, deadlineMs: 60_000 });
    if (outcome !== 'acknowledged') throw new Fault('list/not-published', `the broker did not take it: ${outcome}`);
    this.bytesSent += payload.length;
  }
}
