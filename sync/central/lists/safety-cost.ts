import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { canonicalJson } from '../../lists/canonical-json.ts';
import type { ListEntry } from '../../lists/entry.ts';
import { buildKeyFilter } from '../../lists/key-filter.ts';
import type { ActiveManifest } from '../../lists/manifest.ts';
import { type ListSeal, lookupKeyBytes, type SealedEntry } from '../../lists/seal.ts';

export interface MeasureCost {
  readonly ms: number;
  readonly bytes: number;
}

/** What each safety measure of one build costs; times are from a sample of its entries. */
export interface SafetyReport {
  /** Look-up keys (HMAC) in place of plates. */
  readonly sealing: MeasureCost;
  /** Encrypted details: nonce, tag and padding. */
  readonly encryption: MeasureCost;
  /** Signing once and checking on one node. */
  readonly signature: MeasureCost;
  /** At one node, in memory: made when a list arrives, so that a look-up needs no disk. */
  readonly filter: MeasureCost;
}

const sampleEvery = 64;
const mostFilterSample = 20_000;

/** Seals records and keeps account of what that costs. */
export class SafetyCost {
  readonly #seal: ListSeal;
  readonly #lookups: Buffer[] = [];
  #records = 0;
  #sampled = 0;
  #lookupMs = 0;
  #sealMs = 0;
  #plateBytes = 0;
  #detailBytes = 0;
  #sealedBytes = 0;

  constructor(seal: ListSeal) {
    this.#seal = seal;
  }

  seal(folded: string, entry: ListEntry): SealedEntry {
    this.#records += 1;
    if (this.#records % sampleEvery !== 1) return this.#seal.seal(folded, entry);
    const startMs = performance.now();
    this.#seal.lookupKey(folded);
    const lookedUpMs = performance.now();
    const record = this.#seal.seal(folded, entry);
    this.#sealMs += performance.now() - lookedUpMs;
    this.#lookupMs += lookedUpMs - startMs;
    this.#sampled += 1;
    this.#plateBytes += folded.length;
    this.#detailBytes += Buffer.byteLength(canonicalJson(entry));
    this.#sealedBytes += record.sealed.length;
    if (this.#lookups.length < mostFilterSample) this.#lookups.push(Buffer.from(record.lookup));
    return record;
  }

  report(manifest: ActiveManifest): SafetyReport {
    const all = this.#sampled === 0 ? 0 : this.#records / this.#sampled;
    const encryptionMs = Math.max(0, this.#sealMs - this.#lookupMs);
    return {
      sealing: { ms: this.#lookupMs * all, bytes: Math.round(lookupKeyBytes * this.#records - this.#plateBytes * all) },
      encryption: { ms: encryptionMs * all, bytes: Math.round((this.#sealedBytes - this.#detailBytes) * all) },
      signature: signatureCost(manifest),
      filter: this.#filterCost(),
    };
  }

  #filterCost(): MeasureCost {
    if (this.#lookups.length === 0) return { ms: 0, bytes: 0 };
    const startMs = performance.now();
    const filter = buildKeyFilter(this.#lookups);
    const all = this.#records / this.#lookups.length;
    return { ms: (performance.now() - startMs) * all, bytes: Math.round(filter.length * all) };
  }
}

/** With a key of the same kind: the authority's own is not needed to build. */
function signatureCost(manifest: ActiveManifest): MeasureCost {
  const bytes = Buffer.from(canonicalJson(manifest));
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const startMs = performance.now();
  const signature = sign(null, bytes, privateKey);
  verify(null, bytes, publicKey, signature);
  return { ms: performance.now() - startMs, bytes: signature.toString('base64url').length };
}
