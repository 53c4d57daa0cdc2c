import { Fault } from '../../config/foundation/fault.ts';
import {
  type ActiveManifest,
  type Manifest,
  mostManifestBytes,
  parseManifest,
  type SignedManifest,
} from './manifest.ts';
import type { RefusalReason } from './refusals.ts';
import type { ListStore } from './store/list-store.ts';
import type { TrustStore } from './trust.ts';

export interface ManifestJudgeOptions {
  readonly trust: TrustStore;
  readonly store: ListStore;
  /** What the country's law lets this node load; `false` refuses the list. */
  readonly allows?: ((manifest: ActiveManifest) => boolean) | undefined;
  readonly now: () => number;
}

/** A reason alone is of a message that could not be read or believed; `known` is the one that counts already. */
export type ManifestVerdict =
  | RefusalReason
  | 'known'
  | { readonly signed: SignedManifest; readonly reason: RefusalReason | null };

/** Says which manifests this node takes over: signed, newer than all before, still valid, and allowed. */
export class ManifestJudge {
  readonly #options: ManifestJudgeOptions;

  constructor(options: ManifestJudgeOptions) {
    this.#options = options;
  }

  /** Cheap checks first, so that strangers cost little; nothing is believed before the signature. */
  judge(authority: string, list: string, payload: Uint8Array): ManifestVerdict {
    const { trust, store } = this.#options;
    if (!trust.knows(authority)) return 'unknown-authority';
    if (payload.length > mostManifestBytes) return 'too-large';
    const signed = parsed(payload);
    if (signed === null) return 'bad-manifest';
    const { manifest } = signed;
    if (manifest.authority !== authority || manifest.list !== list) return 'wrong-topic';
    if (!trust.verifies(signed)) return 'bad-signature';
    const head = store.list(authority, list)?.accepted;
    if (head?.sha256 === signed.sha256) return 'known';
    return { signed, reason: this.#objection(signed, head) };
  }

  /** Whether its validity has ended; a revocation has none that could. */
  isExpired(manifest: Manifest): boolean {
    return manifest.state === 'active' && Date.parse(manifest.validUntil) <= this.#trueNowMs(manifest.authority);
  }

  #objection(
    { manifest }: SignedManifest,
    head: { generation: number; version: number; sha256: string } | undefined,
  ): RefusalReason | null {
    if (head !== undefined && manifest.version <= head.version)
      return manifest.version < head.version ? 'replayed' : 'forked';
    // A newer end counts whatever it follows: a centre put back from a backup must still be able to end its list.
    if (manifest.state === 'revoked') return null;
    if (head !== undefined) {
      const { predecessor } = manifest;
      if (manifest.generation < head.generation) return 'downgraded';
      // Without a hash there is but a floor under the versions, left of a database that was damaged.
      const known = head.sha256 !== '' && predecessor?.version === head.version;
      if (known && predecessor.sha256 !== head.sha256) return 'forked';
    }
    if (this.isExpired(manifest)) return 'expired';
    return this.#options.allows?.(manifest) === false ? 'not-allowed' : null;
  }

  /** A clock behind the authority's latest signature is wrong, and must not revive an expired list. */
  #trueNowMs(authority: string): number {
    return Math.max(this.#options.now(), this.#options.store.latestIssuedMs(authority));
  }
}

function parsed(payload: Uint8Array): SignedManifest | null {
  try {
    return parseManifest(payload);
  } catch (error) {
    if (error instanceof Fault && error.code === 'list/bad-manifest') return null;
    throw error;
  }
}
