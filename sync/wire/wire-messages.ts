import { z } from 'zod';
import { manifestSchema, mostManifestBytes } from '../lists/manifest.ts';
import { mostWrappedBytes } from '../lists/sealing/wrap.ts';
import { healthSchema, maxHealthBytes, presenceSchema } from '../uplink/health.ts';
import {
  hitSchema,
  maxEvidenceBytes,
  maxHitBytes,
  maxReceiptBytes,
  receiptSchema,
  withdrawnSchema,
} from '../uplink/hit.ts';
import {
  maxEnvelopeBytes,
  maxSealedEvidenceBytes,
  sealedEnvelopeSchema,
  sealedPictureSchema,
  signedEnvelopeSchema,
} from '../uplink/hit-envelope.ts';
import { maxVerdictBytes, verdictSchema } from '../uplink/verdict.ts';

/** A message as it stands on the wire, in the words of the contract. */
export interface WireMessage {
  readonly title: string;
  readonly contentType: string;
  readonly description: string;
  readonly mostBytes: number;
  /** Null: not JSON. */
  readonly schema: z.ZodType | null;
}

const json = 'application/json';

const verifying =
  `To verify: take \`data\` as a JWS in compact form (RFC 7515), signed with ES256 by the node whose id is the JWS
header's \`kid\` and the {node} of the topic; its \`typ\` is cloudevents+jws. The centre gives the nodes' public keys as a JWK Set
(\`anpr-central fleet keys\`). The payload is the CloudEvent itself, by the schema Hit or HitWithdrawn; its \`id\`, \`type\`,
\`source\` and priority are the same as outside, or the message is to be refused.`.replaceAll('\n', ' ');

/** What may travel, by the names of the contract. */
export const wireMessages = {
  signedHit: {
    title: 'A hit, or its withdrawal, signed by its node',
    contentType: 'application/cloudevents+json',
    description: verifying,
    mostBytes: maxEnvelopeBytes,
    schema: signedEnvelopeSchema,
  },
  sealedHit: {
    title: 'The same, encrypted to its recipients as well',
    contentType: 'application/cloudevents+json',
    description: `\`data\` is a JWE in general JSON form (RFC 7516; ECDH-ES+A256KW, A256GCM). Each recipient is named by the RFC 7638 thumbprint of its public key. The content is the JWS of a signed hit. ${verifying}`,
    mostBytes: maxEnvelopeBytes,
    schema: sealedEnvelopeSchema,
  },
  picture: {
    title: 'A picture of a hit',
    contentType: 'image/jpeg',
    description: 'Its SHA-256 stands in the hit. It comes after its hit.',
    mostBytes: maxEvidenceBytes,
    schema: null,
  },
  sealedPicture: {
    title: 'A picture, encrypted to the recipients of its hit',
    contentType: 'application/jose+json',
    description: 'A JWE whose content is the JPEG. The SHA-256 of the JPEG stands in the hit.',
    mostBytes: maxSealedEvidenceBytes,
    schema: sealedPictureSchema,
  },
  receipt: {
    title: 'The centre has stored a hit, a withdrawal, or a picture',
    contentType: json,
    description:
      'A node sends a hit, a withdrawal or a picture again until this has come: whoever consumes hits in place of a centre must send it, and only once they are stored. A picture that does not fit its hit is refused. `part` is hit also for a withdrawal; `hit` is then the withdrawal’s own id.',
    mostBytes: maxReceiptBytes,
    schema: receiptSchema,
  },
  verdict: {
    title: 'What became of a hit',
    contentType: json,
    description: 'Seen, dispatched, or a verdict. There is none for a discreet hit.',
    mostBytes: maxVerdictBytes,
    schema: verdictSchema,
  },
  centreReady: {
    title: 'A centre began to listen',
    contentType: 'application/octet-stream',
    description: 'Empty. Nodes send again at once what waits for a receipt.',
    mostBytes: 0,
    schema: null,
  },
  presence: {
    title: 'Whether a node is there',
    contentType: json,
    description:
      'Retained; `lost` is the broker’s word in the node’s last will. Which program and models a node runs is told here.',
    mostBytes: maxHealthBytes,
    schema: presenceSchema,
  },
  health: {
    title: 'How a node is',
    contentType: json,
    description:
      'Retained, each minute and when something changed that a centre waits for. Counters and states, never a plate. What is left out is as its default says.',
    mostBytes: maxHealthBytes,
    schema: healthSchema,
  },
  listManifest: {
    title: 'What a list is at this version, signed by its authority',
    contentType: json,
    description:
      'Retained. `signature` is Ed25519 over the text "hazeldonk list manifest v1", a line feed, and the manifest in canonical form (RFC 8785).',
    mostBytes: mostManifestBytes,
    schema: z.object({ manifest: manifestSchema, signature: z.string().describe('Ed25519, base64url.') }),
  },
  listBlob: {
    title: 'A part of a sealed list, named by its SHA-256',
    contentType: 'application/octet-stream',
    description: 'Retained. Encrypted; see the source of sync/lists for its form.',
    mostBytes: 4 * 1024 * 1024,
    schema: null,
  },
  listKey: {
    title: 'The key of a list for one node',
    contentType: 'application/jose',
    description:
      'Retained. A JWE in compact form (ECDH-ES+A256KW, A256GCM) for the key that the node was enrolled with.',
    mostBytes: mostWrappedBytes,
    schema: null,
  },
} as const satisfies Readonly<Record<string, WireMessage>>;
export type WireMessageName = keyof typeof wireMessages;

/** What signed messages hold inside. */
export const insideMessages = {
  Hit: { schema: hitSchema, mostBytes: maxHitBytes },
  HitWithdrawn: { schema: withdrawnSchema, mostBytes: maxHitBytes },
} as const;
