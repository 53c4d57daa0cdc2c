import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../database/database.ts';
import { checkChunk } from '../chunk.ts';
import { decodeIndex } from '../chunk-index.ts';
import { isSignedBy, parseManifest, type SignedManifest } from '../manifest.ts';
import { HashedTexts } from '../sealing/hashed-texts.ts';
import { ListSeal } from '../sealing/seal.ts';
import { ListStore } from '../store/list-store.ts';
import { type Blob, plateText, SyntheticList } from './synthetic-list.ts';

/** What one measure of safety costs. */
export interface SafetyCost {
  readonly measure: string;
  /** What the time is for. */
  readonly per: string;
  readonly ms: number;
  /** Of the work that it is part of; null where it is no part of applying. */
  readonly shareOfApply: number | null;
}

const mostSealings = 20_000;
const rounds = 3;

/** The price of sealing, signatures, content hashes and of waiting for the disk, on this machine. */
export async function measureSafety(entries: number): Promise<readonly SafetyCost[]> {
  const list = new SyntheticList('safety', entries, 0);
  const blobs: Blob[] = [];
  const signed = await list.snapshot(async (blob) => void blobs.push(blob));
  const durable = leastOf(() => applyMs(list, signed, blobs, 'FULL'));
  const careless = leastOf(() => applyMs(list, signed, blobs, 'OFF'));
  const hashing = leastOf(() => timed(() => blobs.map(({ bytes }) => createHash('sha256').update(bytes).digest())));
  const whole = durable + hashing;
  const sealings = Math.min(mostSealings, entries);
  const seal = new ListSeal(list.listKey, { authority: list.authority, list: list.list, generation: 1 });
  const entry = (n: number) => ({ text: plateText(n), country: 'B', reference: `reference-${n}` });
  const sealing = timed(() => Array.from({ length: sealings }, (_, n) => seal.seal(plateText(n), entry(n)))) / sealings;
  const plain = timed(() => Array.from({ length: sealings }, (_, n) => JSON.stringify(entry(n)))) / sealings;
  const lookUp = leastOf(() => lookUpMs(seal, sealings));
  const verifying = leastOf(() => timed(() => isSignedBy(parseManifest(signed.bytes), list.publicKey)));
  const strange = leastOf(() => timed(() => isSignedBy(signed, generatedKey)));
  return [
    {
      measure: 'sealing at the centre, instead of writing the entry down',
      per: 'entry',
      ms: sealing - plain,
      shareOfApply: null,
    },
    {
      measure: 'keyed hash of a spelling, instead of the plate itself',
      per: 'look-up',
      ms: lookUp,
      shareOfApply: null,
    },
    {
      measure: "reading a manifest and checking its authority's signature",
      per: 'version',
      ms: verifying,
      shareOfApply: verifying / whole,
    },
    { measure: 'refusing a stranger’s signature', per: 'message', ms: strange, shareOfApply: null },
    { measure: 'content hash of every blob', per: `${entries} entries`, ms: hashing, shareOfApply: hashing / whole },
    {
      measure: 'waiting for the disk (synchronous), instead of hoping',
      per: `${entries} entries`,
      ms: Math.max(0, durable - careless),
      shareOfApply: Math.max(0, durable - careless) / whole,
    },
  ];
}

/** One spelling's share of hashing those of a passage under a list's key. */
function lookUpMs(seal: ListSeal, passages: number): number {
  const texts = new HashedTexts(64);
  const spellings = Array.from({ length: 64 }, (_, n) => plateText(n));
  return (
    timed(() => {
      for (let passage = 0; passage < passages / 64; passage += 1) {
        texts.load(spellings);
        seal.lookUpAll(texts);
      }
    }) / passages
  );
}

const generatedKey = generateKeyPairSync('ed25519').publicKey;

/** The store's part of applying, without the network. */
function applyMs(list: SyntheticList, signed: SignedManifest, blobs: readonly Blob[], synchronous: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-safety-'));
  const database = openDatabase(join(folder, 'lists.sqlite'));
  database.pragma(`synchronous = ${synchronous}`);
  try {
    const store = new ListStore(database);
    return timed(() => {
      store.accept(signed);
      const index = decodeIndex(blobs.at(-1)?.bytes ?? Buffer.alloc(0));
      const sha256 = blobs.at(-1)?.sha256 ?? '';
      const layer = { authority: list.authority, list: list.list, indexSha256: sha256 };
      store.layers.stage(layer, index);
      for (const [ordinal, { sha256: chunk }] of index.chunks.entries()) {
        const bytes = blobs[ordinal]?.bytes ?? Buffer.alloc(0);
        store.layers.addChunk(
          chunk,
          index.prefixBits,
          checkChunk(bytes, { prefixBits: index.prefixBits, ordinal, removals: false }),
        );
      }
      for (const _ of store.layers.finish(layer));
      store.switchTo(signed);
    });
  } finally {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function timed(work: () => unknown): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

/** The least of a few, which other work on the machine disturbs least. */
function leastOf(measure: () => number): number {
  return Math.min(...Array.from({ length: rounds }, measure));
}
