import { createHash, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import {
  chunkHeaderBytes,
  chunkTargetBytes,
  compareRecords,
  encodeChunk,
  prefixOf,
  recordHeadBytes,
} from '../chunk.ts';
import { encodeIndex } from '../chunk-index.ts';
import { type ListDescription, listDescriptionSchema } from '../list-description.ts';
import { type ActiveManifest, type LayerReference, type SignedManifest, signManifest } from '../manifest.ts';
import { ListSeal, lookupKeyBytes, type SealedEntry } from '../sealing/seal.ts';

/** Sealed details of an entry with plate, country and a reference of some 20 characters. */
const sealedBytes = 92;
const recordBytes = recordHeadBytes + sealedBytes;
/** Plates of the list that are truly sealed, so that a node can show that it matches them. */
const genuineEntries = 512;
const dayMs = 86_400_000;

export interface Blob {
  readonly sha256: string;
  readonly bytes: Buffer;
}
type Publish = (blob: Blob) => Promise<void>;

/**
 * A list as large as one wishes, made chunk by chunk and never whole in memory. Its records are random bytes of the size of
 * sealed ones, between which a few are truly sealed: a node cannot tell, because it opens only what it has seen a plate of.
 */
export class SyntheticList {
  readonly authority: string;
  readonly publicKey: KeyObject;
  readonly listKey = randomBytes(32);
  readonly entries: number;
  readonly #description: ListDescription;
  readonly #signingKey: KeyObject;
  readonly #seal: ListSeal;
  readonly #firstPlate: number;
  #manifest: ActiveManifest | null = null;

  /** Lists of one benchmark have `firstPlate` at least a few thousand apart, so that none lists another's plates. */
  constructor(list: string, entries: number, firstPlate: number) {
    this.#firstPlate = firstPlate;
    const pair = generateKeyPairSync('ed25519');
    this.publicKey = pair.publicKey;
    this.#signingKey = pair.privateKey;
    this.entries = entries;
    this.#description = descriptionOf(list);
    this.authority = this.#description.authority;
    this.#seal = new ListSeal(this.listKey, { authority: this.authority, list, generation: 1 });
  }

  get list(): string {
    return this.#description.list;
  }

  /** A plate that the snapshot lists. */
  listedPlate(n: number): string {
    return plateText(this.#firstPlate + (n % Math.min(genuineEntries, this.entries)));
  }

  /** A plate that only the delta lists. */
  addedPlate(n: number): string {
    return plateText(this.#firstPlate + 1_000_000 + n);
  }

  /** Makes and hands out every blob of the first version; then the version, signed. */
  async snapshot(publish: Publish, onProgress: (entries: number) => void = () => undefined): Promise<SignedManifest> {
    const prefixBits = prefixBitsFor(this.entries);
    const genuine = this.#genuineByOrdinal(prefixBits);
    const references = [];
    let done = 0;
    for (let ordinal = 0; ordinal < 2 ** prefixBits; ordinal += 1) {
      const until = Math.round((this.entries * (ordinal + 1)) / 2 ** prefixBits);
      const own = genuine.get(ordinal) ?? [];
      const records = [...own, ...randomRecords(prefixBits, ordinal, Math.max(0, until - done - own.length))];
      done = until;
      references.push(
        await publishChunk({ prefixBits, ordinal, removals: false }, records.sort(compareRecords), publish),
      );
      onProgress(done);
    }
    const layer = await publishIndex(prefixBits, references, 1, publish);
    return this.#sign({ version: 1, predecessor: null, snapshot: layer, deltas: [] });
  }

  /** The next version: the same snapshot and a delta that adds plates and takes the first listed one away. */
  async delta(changes: number, publish: Publish): Promise<SignedManifest> {
    const before = this.#manifest;
    if (before === null) throw new Error('a delta needs a snapshot before it');
    const version = before.version + 1;
    const removal = { lookup: this.#seal.lookupKey(this.listedPlate(0)), sealed: Buffer.alloc(0) };
    const added = Array.from({ length: changes - 1 }, (_, n) => this.#sealed(this.addedPlate(n), `${version}`));
    const records = [removal, ...added].sort(compareRecords);
    const prefixBits = prefixBitsFor(changes);
    const references = [];
    for (let ordinal = 0; ordinal < 2 ** prefixBits; ordinal += 1) {
      const own = records.filter((record) => prefixOf(record.lookup, prefixBits) === ordinal);
      references.push(await publishChunk({ prefixBits, ordinal, removals: true }, own, publish));
    }
    const layer = await publishIndex(prefixBits, references, version, publish);
    return this.#sign({ version, predecessor: null, snapshot: before.snapshot, deltas: [...before.deltas, layer] });
  }

  #genuineByOrdinal(prefixBits: number): Map<number, SealedEntry[]> {
    const byOrdinal = new Map<number, SealedEntry[]>();
    for (let n = 0; n < Math.min(genuineEntries, this.entries); n += 1) {
      const record = this.#sealed(this.listedPlate(n), 'snapshot');
      const ordinal = prefixOf(record.lookup, prefixBits);
      byOrdinal.set(ordinal, [...(byOrdinal.get(ordinal) ?? []), record]);
    }
    return byOrdinal;
  }

  #sealed(text: string, reference: string): SealedEntry {
    return this.#seal.seal(text, { text, country: 'B', reference });
  }

  #sign(change: Pick<ActiveManifest, 'version' | 'predecessor' | 'snapshot' | 'deltas'>): SignedManifest {
    const { validity: _, ...terms } = this.#description;
    const now = Date.now();
    const manifest: ActiveManifest = {
      format: 1,
      state: 'active',
      ...terms,
      generation: 1,
      issued: new Date(now).toISOString(),
      validFrom: new Date(now).toISOString(),
      validUntil: new Date(now + 30 * dayMs).toISOString(),
      entries: this.entries,
      keyCheck: this.#seal.keyCheck,
      mirrors: [],
      ...change,
    };
    this.#manifest = manifest;
    return signManifest(manifest, this.#signingKey);
  }
}

/** Plate n of the benchmark, in the Belgian form: no two alike below 100 million. */
export function plateText(n: number): string {
  const letter = (at: number) => 'ABCDEFGHJKLMNPQRSTUVWXYZ'[Math.floor(n / 9000 / 24 ** at) % 24] ?? 'A';
  return `${1 + (n % 9)}${letter(2)}${letter(1)}${letter(0)}${String(Math.floor(n / 9) % 1000).padStart(3, '0')}`;
}

function prefixBitsFor(entries: number): number {
  const most = Math.floor((chunkTargetBytes - chunkHeaderBytes) / (recordBytes + 8));
  return Math.max(0, Math.ceil(Math.log2(entries / most)));
}

/** Look-up keys are uniform, as true ones are: the first 48 bits drawn, the rest random bytes. */
function randomRecords(prefixBits: number, ordinal: number, count: number): SealedEntry[] {
  const stride = lookupKeyBytes + sealedBytes;
  const bytes = randomBytes(count * stride);
  const span = 2 ** (48 - prefixBits);
  return Array.from({ length: count }, (_, n) => {
    const at = n * stride;
    const lookup = bytes.subarray(at, at + lookupKeyBytes);
    lookup.writeUIntBE(ordinal * span + (lookup.readUIntBE(0, 6) % span), 0, 6);
    return { lookup, sealed: bytes.subarray(at + lookupKeyBytes, at + stride) };
  });
}

async function publishChunk(
  position: Parameters<typeof encodeChunk>[0],
  records: readonly SealedEntry[],
  publish: Publish,
) {
  const bytes = encodeChunk(position, records);
  const sha256 = createHash('sha256').update(bytes).digest();
  await publish({ sha256: sha256.toString('hex'), bytes });
  return { sha256, bytes: bytes.length, records: records.length };
}

async function publishIndex(
  prefixBits: number,
  references: readonly { readonly sha256: Buffer; readonly bytes: number; readonly records: number }[],
  version: number,
  publish: Publish,
): Promise<LayerReference> {
  const bytes = encodeIndex({ prefixBits, chunks: references });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await publish({ sha256, bytes });
  const sum = (of: 'bytes' | 'records') => references.reduce((all, one) => all + one[of], 0);
  return { version, index: { sha256, bytes: bytes.length }, records: sum('records'), bytes: sum('bytes') };
}

function descriptionOf(list: string): ListDescription {
  return listDescriptionSchema.parse({
    authority: `BENCH-${list.toUpperCase()}`,
    list,
    title: 'Benchmark',
    purpose: 'benchmark',
    legalBasis: 'none',
    protocol: 'none',
    recipients: ['nobody'],
    action: 'observe',
    priority: 9,
    expectedGenuinePerMillion: 10,
    falseHitsPerMillion: { confirmed: 1, verify: 20 },
    validity: { days: 30 },
  });
}
