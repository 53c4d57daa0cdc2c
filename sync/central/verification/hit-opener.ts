import { z } from 'zod';
import { type Log, silentLog } from '../../../config/foundation/log.ts';
import type { BrokerMessage } from '../../broker/broker-link.ts';
import { topics } from '../../broker/topics.ts';
import { cloudEventHead, identifier, parseMessage, printable } from '../../uplink/cloud-event.ts';
import { hitType, maxEvidenceBytes, withdrawnType } from '../../uplink/hit.ts';
import {
  compactJws,
  type HitEnvelope,
  hitEnvelopeSchema,
  looksSealed,
  maxEnvelopeBytes,
  maxSealedEvidenceBytes,
  pictureType,
  sealedEventType,
  sealedPictureSchema,
} from '../../uplink/hit-envelope.ts';
import { sourceOf } from '../../uplink/make-hit.ts';
import { mostRecipients, openSealed, sealedFor } from '../../uplink/seal.ts';
import { verifyEvent } from '../../uplink/sign.ts';
import type { KnownNodes } from './known-nodes.ts';
import type { OwnRecipientKey } from './recipient-key-files.ts';

/**
 * Why a message is no hit for this centre. `not-for-us` is ordinary: it is sealed to others, or names others. Every other one is a
 * mistake or an attack, and `unknown-node` is mended by registering the node.
 */
export type HitRefusal =
  | 'malformed'
  | 'unsigned'
  | 'wrong-topic'
  | 'not-for-us'
  | 'damaged'
  | 'unknown-node'
  | 'bad-signature'
  | 'other-words';

export interface OpenedEvent {
  /** The CloudEvent that the node signed, byte for byte; its schema is still to be checked. */
  readonly body: Uint8Array;
  /** The JWS, which proves to others that the node said so; null where signatures are not asked for. */
  readonly signed: string | null;
  /** The recipients whose keys are here and for whom it was sealed, by thumbprint; absent of what was not sealed. */
  readonly openedFor?: readonly string[] | undefined;
  /** As of a picture: nothing in a withdrawal that is not sealed says whom it is for, so it is for us where its hit is here. */
  readonly unaddressed?: boolean | undefined;
}

export interface OpenedPicture {
  readonly jpeg: Uint8Array;
  readonly openedFor?: readonly string[] | undefined;
  /** Nothing in it says whom it is for, and this centre stands for some recipients only: it is for us where its hit is here. */
  readonly unaddressed?: boolean | undefined;
}

export interface RefusedPicture {
  readonly refused: HitRefusal;
  /** Of one that is sealed and does not open: for which of our keys it was, so that its node hears from each of them. */
  readonly sealedFor?: readonly string[] | undefined;
}

/** From a message on a topic of hits to what its node said: the one way in. */
export interface HitOpener {
  event(message: BrokerMessage): Promise<OpenedEvent | { readonly refused: HitRefusal }>;
  /** The JPEG of an evidence message; its hash stands in the hit. */
  picture(payload: Uint8Array): Promise<OpenedPicture | RefusedPicture>;
}

/** Takes hits as they are: for the tests of what lies behind. No command of the program uses it. */
export const openUnsigned: HitOpener = {
  event: async ({ payload }) => ({ body: payload, signed: null }),
  picture: async (payload) => ({ jpeg: payload }),
};

/** Whoever invents nodes must not fill the log. */
const mostSaidUnknown = 1_000;

const signedHead = z.object({
  ...cloudEventHead,
  type: z.enum([hitType, withdrawnType]),
  data: z.object({
    node: z.string(),
    entry: z.object({ priority: z.int(), recipients: z.array(printable).max(mostRecipients) }).optional(),
  }),
});
type SignedHead = z.infer<typeof signedHead>;

const plainEvent = z.object({ specversion: z.literal('1.0'), datacontenttype: z.literal('application/json') });

/**
 * Opens with the recipients' keys that this centre holds, and verifies with the keys of the nodes that it knows. A centre that holds
 * keys stands for their recipients alone: a hit that is not sealed and names others is left to them, for any receipt would take it
 * out of its node. One without keys takes every hit that is not sealed.
 *
 * Invariant: what comes out was signed by the node on whose topic it came, as the same event that its envelope names.
 */
export class VerifyingOpener implements HitOpener {
  readonly #nodes: KnownNodes;
  readonly #recipientKeys: readonly OwnRecipientKey[];
  readonly #log: Log;
  readonly #saidUnknown = new Set<string>();
  readonly #saidForOthers = new Map<string, Set<string>>();

  constructor(nodes: KnownNodes, recipientKeys: readonly OwnRecipientKey[] = [], log: Log = silentLog) {
    this.#nodes = nodes;
    this.#recipientKeys = recipientKeys;
    this.#log = log;
  }

  async event({ topic, payload }: BrokerMessage): Promise<OpenedEvent | { readonly refused: HitRefusal }> {
    const envelope = parseMessage(hitEnvelopeSchema, payload, maxEnvelopeBytes);
    if (envelope === null)
      return { refused: parseMessage(plainEvent, payload, maxEnvelopeBytes) === null ? 'malformed' : 'unsigned' };
    const node = topic.split('/')[3] ?? '';
    if (!identifier.safeParse(node).success || topic !== topics.hits(node) || envelope.source !== sourceOf(node))
      return { refused: 'wrong-topic' };
    const found = await this.#signedOf(envelope);
    if ('refused' in found) return found;
    const { signed, openedFor } = found;
    const key = await this.#nodes.keyOf(node);
    if (key === null) {
      this.#sayUnknown(node);
      return { refused: 'unknown-node' };
    }
    const body = await verifyEvent(signed, node, key);
    if (body === null) return { refused: 'bad-signature' };
    const head = parseMessage(signedHead, body, maxEnvelopeBytes);
    if (head === null || !saysTheSame(envelope, node, head)) return { refused: 'other-words' };
    if (openedFor !== undefined) return { body, signed, openedFor };
    const others = this.#othersNamedIn(head);
    if (others.length === 0) return { body, signed, unaddressed: this.#standsForSome && head.type === withdrawnType };
    this.#sayForOthers(node, others);
    return { refused: 'not-for-us' };
  }

  async picture(payload: Uint8Array): Promise<OpenedPicture | RefusedPicture> {
    if (!looksSealed(payload))
      return payload.byteLength <= maxEvidenceBytes
        ? { jpeg: payload, unaddressed: this.#standsForSome }
        : { refused: 'malformed' };
    const sealed = parseMessage(sealedPictureSchema, payload, maxSealedEvidenceBytes);
    if (sealed === null) return { refused: 'malformed' };
    const opened = await openSealed(sealed, this.#recipientKeys);
    const ours = sealedFor(sealed, this.#recipientKeys);
    if (opened === 'not-for-us') return { refused: opened };
    if (opened === 'damaged' || opened.contentType !== pictureType) return { refused: 'damaged', sealedFor: ours };
    return { jpeg: opened.content, openedFor: ours };
  }

  /** Once for each, with what to do: a node that was forgotten keeps its hits and sends them again. */
  #sayUnknown(node: string): void {
    if (this.#saidUnknown.has(node) || this.#saidUnknown.size >= mostSaidUnknown) return;
    this.#saidUnknown.add(node);
    const advice = 'if it is ours, register what anpr-node enroll printed on it: anpr-central fleet add';
    this.#log.event('warn', 'centre/unknown-node', { node, advice });
  }

  get #standsForSome(): boolean {
    return this.#recipientKeys.length > 0;
  }

  /** The recipients of a hit that this centre leaves to them; none of one that it takes. */
  #othersNamedIn({ data: { entry } }: SignedHead): readonly string[] {
    const named = entry?.recipients ?? [];
    const isOurs = !this.#standsForSome || this.#recipientKeys.some((own) => named.includes(own.recipient));
    return isOurs ? [] : named;
  }

  /** Each of them once for each node, and of each node no more than a hit may name: where no other centre takes them, these hits stay on it. */
  #sayForOthers(node: string, others: readonly string[]): void {
    const said = this.#saidForOthers.get(node) ?? new Set();
    this.#saidForOthers.set(node, said);
    const news = others.filter((one) => !said.has(one)).slice(0, mostRecipients - said.size);
    if (news.length === 0) return;
    for (const one of news) said.add(one);
    const advice = 'they need a centre of their own, or their keys here: --recipient-key';
    this.#log.event('warn', 'centre/unsealed-for-others', { node, recipients: news.join(', '), advice });
  }

  async #signedOf(
    envelope: HitEnvelope,
  ): Promise<{ signed: string; openedFor?: readonly string[] } | { readonly refused: HitRefusal }> {
    if (envelope.datacontenttype === 'application/jose') return { signed: envelope.data };
    const opened = await openSealed(envelope.data, this.#recipientKeys);
    if (typeof opened === 'string') return { refused: opened };
    const signed = compactJws.safeParse(Buffer.from(opened.content).toString('latin1'));
    return signed.success && opened.contentType === sealedEventType
      ? { signed: signed.data, openedFor: opened.openedFor }
      : { refused: 'damaged' };
  }
}

/** Nobody on the way may put a signed hit under another id, or make it look less urgent than it is. */
function saysTheSame(envelope: HitEnvelope, node: string, head: SignedHead): boolean {
  const { id, source, type, priority } = envelope;
  const same = head.id === id && head.source === source && head.type === type && head.data.node === node;
  return same && head.data.entry?.priority === priority;
}
