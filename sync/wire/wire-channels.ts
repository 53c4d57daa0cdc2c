import { topics } from '../broker/topics.ts';
import type { WireMessageName } from './wire-messages.ts';

/** A topic with its parameters, seen from the node: `send` is what a node publishes. */
export interface WireChannel {
  readonly address: string;
  readonly description: string;
  readonly messages: readonly WireMessageName[];
  readonly node: 'send' | 'receive';
  readonly retained: boolean;
  readonly qos: 0 | 1;
}

/** A number cannot stand for a parameter, so one that no generation has does. */
const noGeneration = 987_654_321;

export const wireChannels: Readonly<Record<string, WireChannel>> = {
  hits: {
    address: topics.hits('{node}'),
    description:
      'The hits of a node, the most urgent first, each again until its receipt has come. Its id de-duplicates it.',
    messages: ['signedHit', 'sealedHit'],
    node: 'send',
    retained: false,
    qos: 1,
  },
  evidence: {
    // The type of the builder knows two kinds; a parameter stands for both.
    address: topics.evidence('{node}', '{hit}', 'plate').replace(/plate$/, '{kind}'),
    description: 'The pictures of a hit: the plate as it was read, and the scene with other vehicles’ plates covered.',
    messages: ['picture', 'sealedPicture'],
    node: 'send',
    retained: false,
    qos: 1,
  },
  receipts: {
    address: topics.receipts('{node}'),
    description: 'What the centre has stored.',
    messages: ['receipt'],
    node: 'receive',
    retained: false,
    qos: 1,
  },
  verdicts: {
    address: topics.verdicts('{node}'),
    description: 'What became of the node’s hits.',
    messages: ['verdict'],
    node: 'receive',
    retained: false,
    qos: 1,
  },
  centreReady: {
    address: topics.centreReady,
    description: 'A centre is there again.',
    messages: ['centreReady'],
    node: 'receive',
    retained: false,
    qos: 0,
  },
  presence: {
    address: topics.presence('{node}'),
    description: 'Whether the node is there.',
    messages: ['presence'],
    node: 'send',
    retained: true,
    qos: 1,
  },
  health: {
    address: topics.health('{node}'),
    description: 'How the node is.',
    messages: ['health'],
    node: 'send',
    retained: true,
    qos: 1,
  },
  listManifest: {
    address: topics.listManifest('{authority}', '{list}'),
    description: 'The newest version of a list.',
    messages: ['listManifest'],
    node: 'receive',
    retained: true,
    qos: 1,
  },
  listBlob: {
    address: topics.listBlob('{authority}', '{list}', '{sha256}'),
    description: 'The parts of a list.',
    messages: ['listBlob'],
    node: 'receive',
    retained: true,
    qos: 1,
  },
  listKey: {
    address: topics
      .listKey('{node}', '{authority}', '{list}', noGeneration)
      .replace(String(noGeneration), '{generation}'),
    description: 'The keys of the lists that the node may match with.',
    messages: ['listKey'],
    node: 'receive',
    retained: true,
    qos: 1,
  },
};

/** What the parameters of an address stand for. */
export const wireParameters: Readonly<Record<string, string>> = {
  node: 'Id of the node (node.id of its settings; the common name of its certificate).',
  hit: 'Id of the hit, a UUIDv7.',
  kind: 'plate or scene.',
  authority: 'Name of the authority that owns the list.',
  list: 'Name of the list.',
  sha256: 'SHA-256 of the blob, lower-case hexadecimal.',
  generation: 'Generation of the list key, a whole number.',
};
