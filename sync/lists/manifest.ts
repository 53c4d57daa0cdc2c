import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { Fault } from '../../config/foundation/fault.ts';
import { canonicalJson } from './canonical-json.ts';
import { mostIndexBytes } from './chunk-index.ts';
import { instant } from './entry.ts';
import { authorityName, listName, listTerms, mirrors } from './list-description.ts';

export const mostManifestBytes = 64 * 1024;
export const mostDeltas = 64;
/** Keeps a manifest's signature from ever being taken for a signature of something else. */
const signatureContext = 'hazeldonk list manifest v1\n';

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
const counter = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** A snapshot, or the changes of one version: an index blob that names its chunks. */
const layerSchema = z
  .strictObject({
    /** The version that this layer belongs to. */
    version: counter,
    index: z.strictObject({ sha256: sha256Hex, bytes: z.int().min(1).max(mostIndexBytes) }).readonly(),
    records: count,
    bytes: count,
  })
  .readonly();
export type LayerReference = z.infer<typeof layerSchema>;

const head = {
  format: z.literal(1),
  authority: authorityName,
  list: listName,
  /** Grows when the list key changes; versions go on growing across generations. */
  generation: counter,
  version: counter,
  /** The manifest before this one, so that two histories of one list are noticed. */
  predecessor: z.strictObject({ version: counter, sha256: sha256Hex }).readonly().nullable(),
  issued: instant,
} as const;

const activeSchema = z
  .strictObject({
    ...head,
    state: z.literal('active'),
    ...listTerms,
    validFrom: instant,
    validUntil: instant,
    /** Entries of the whole list (a snapshot with its deltas), wildcards expanded. */
    entries: count,
    keyCheck: z.string().regex(/^[0-9a-f]{32}$/),
    snapshot: layerSchema,
    /** Oldest first; under a look-up key the newest layer that has it speaks for the whole key. */
    deltas: z.array(layerSchema).max(mostDeltas).readonly(),
    mirrors,
  })
  .refine((one) => Date.parse(one.issued) < Date.parse(one.validUntil), 'validUntil must be after issued')
  .refine((one) => Date.parse(one.validFrom) < Date.parse(one.validUntil), 'validUntil must be after validFrom')
  .readonly();

const revokedSchema = z
  .strictObject({ ...head, state: z.literal('revoked'), reason: z.string().min(1).max(200) })
  .readonly();

/** What an authority signs about one version of one list; `revoked` ends the list and deletes it on every node. */
export const manifestSchema = z.discriminatedUnion('state', [activeSchema, revokedSchema]);
export type Manifest = z.infer<typeof manifestSchema>;
export type ActiveManifest = z.infer<typeof activeSchema>;

const envelopeSchema = z.strictObject({
  manifest: manifestSchema,
  /** 64 bytes in base64url; the last character's unused bits are 0, so that it has one spelling. */
  signature: z.string().regex(/^[A-Za-z0-9_-]{85}[AQgw]$/),
});

/** A manifest whose form was checked; its signature not yet. */
export interface SignedManifest {
  readonly manifest: Manifest;
  readonly signature: Buffer;
  /** SHA-256 of the manifest's canonical bytes: its identity, and what a successor names. */
  readonly sha256: string;
  /** The message as it travels. */
  readonly bytes: Buffer;
}

/** Layers from the newest to the oldest, as matching asks them. */
export function layersOf(manifest: ActiveManifest): readonly LayerReference[] {
  return [...manifest.deltas.toReversed(), manifest.snapshot];
}

export function manifestSha256(manifest: Manifest): string {
  return createHash('sha256').update(canonicalJson(manifest)).digest('hex');
}

/** Signs a manifest with the authority's Ed25519 key. */
export function signManifest(manifest: Manifest, key: KeyObject): SignedManifest {
  const checked = manifestSchema.parse(manifest);
  const signature = sign(null, signedBytes(checked), key);
  const bytes = Buffer.from(canonicalJson({ manifest: checked, signature: signature.toString('base64url') }));
  if (bytes.length > mostManifestBytes) throw new Fault('list/bad-manifest', 'the manifest is too large');
  return { manifest: checked, signature, sha256: manifestSha256(checked), bytes };
}

/** Reads a message that claims to be a manifest. Throws `list/bad-manifest`; says nothing about who signed it. */
export function parseManifest(message: Uint8Array): SignedManifest {
  if (message.length > mostManifestBytes) throw new Fault('list/bad-manifest', 'the manifest is too large');
  const bytes = Buffer.from(message);
  const envelope = envelopeSchema.safeParse(jsonOf(bytes));
  if (!envelope.success) throw new Fault('list/bad-manifest', z.prettifyError(envelope.error));
  const { manifest } = envelope.data;
  // Only the canonical form is taken, so that what was read is exactly what was signed.
  if (!Buffer.from(canonicalJson(envelope.data)).equals(bytes)) {
    throw new Fault('list/bad-manifest', 'the manifest is not in canonical form');
  }
  const signature = Buffer.from(envelope.data.signature, 'base64url');
  return { manifest, signature, sha256: manifestSha256(manifest), bytes };
}

export function isSignedBy(signed: SignedManifest, publicKey: KeyObject): boolean {
  return verify(null, signedBytes(signed.manifest), publicKey, signed.signature);
}

function signedBytes(manifest: Manifest): Buffer {
  return Buffer.from(signatureContext + canonicalJson(manifest));
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new Fault('list/bad-manifest', 'the manifest is not JSON', { cause });
  }
}
