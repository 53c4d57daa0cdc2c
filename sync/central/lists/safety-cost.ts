import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { canonicalJson } from '../../lists/canonical-json.ts';
import type { ListEntry } from '../../lists/entry.ts';
import type { ActiveManifest } from '../../lists/manifest.ts';
import { type ListSeal, lookupKeyBytes, type SealedEntry } from '../../lists/sealing/seal.ts';
import { buildKeyFilter } from '../../lists/store/key-filter.ts';

export interface MeasureCost {
  readonly ms: number;
  readonly bytes: number;
}

/** What each safety measure of one build costs; times are the median of a sample of its entries, times their number. */
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

/** The first records are measured one and all: of a short list's few samples the first, not yet compiled, would say too much. */
const firstSamples = 256;
const sampleEvery = 64;
const mostSamples = 20_000;

/** Seals records and keeps account of what that costs. */
export class SafetyCost {
  readonly #seal: ListSeal;
  readonly #lookups: Buffer[] = [];
  readonly #lookupMs: number[] = [];
  readonly #encryptionMs: number[] = [];
  #records = 0;
  #sampled = 0;
  #plateBytes = 0;
  #detailBytes = 0;
  #sealedBytes = 0;

  constructor(seal: ListSeal) {
    this.#seal = seal;
  }

  seal(folded: string, entry: ListEntry): SealedEntry {
    this.#records += 1;
    const isSample = this.#records <= firstSamples || this.#records % sampleEvery === 1;
    if (!isSample || this.#sampled === mostSamples) return this.#seal.seal(folded, entry);
    const startMs = performance.now();
    this.#seal.lookupKey(folded);
    const lookedUpMs = performance.now();
    const record = this.#seal.seal(folded, entry);
    const lookupMs = lookedUpMs - startMs;
    this.#lookupMs.push(lookupMs);
    this.#encryptionMs.push(Math.max(0, performance.now() - lookedUpMs - lookupMs));
    this.#sampled += 1;
    this.#plateBytes += folded.length;
    this.#detailBytes += Buffer.byteLength(canonicalJson(entry));
    this.#sealedBytes += record.sealed.length;
    this.#lookups.push(Buffer.from(record.lookup));
    return record;
  }

  report(manifest: ActiveManifest): SafetyReport {
    const all = this.#sampled === 0 ? 0 : this.#records / this.#sampled;
    const lookupBytes = lookupKeyBytes * this.#records - this.#plateBytes * all;
    const encryptionBytes = (this.#sealedBytes - this.#detailBytes) * all;
    return {
      sealing: { ms: median(this.#lookupMs) * this.#records, bytes: Math.round(lookupBytes) },
      encryption: { ms: median(this.#encryptionMs) * this.#records, bytes: Math.round(encryptionBytes) },
      signature: signatureCost(manifest),
      filter: this.#filterCost(),
    };
  }

  #filterCost(): MeasureCost {
    if (this.#lookups.length === 0) return { ms: 0, bytes: 0 };
    const lookups = Buffer.concat(this.#lookups);
    const starts = Uint32Array.from(this.#lookups, (_, index) => index * lookupKeyBytes);
    const runs = Array.from({ length: 5 }, () => {
      const startMs = performance.now();
      buildKeyFilter(lookups, starts);
      return performance.now() - startMs;
    });
    const all = this.#records / this.#lookups.length;
    return { ms: median(runs) * all, bytes: Math.round(buildKeyFilter(lookups, starts).length * all) };
  }
}

function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[samples.length >> 1] ?? 0;
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
