import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Fault } from '../../config/foundation/fault.ts';
import { isSignedBy, type SignedManifest } from './manifest.ts';

export interface TrustedAuthority {
  readonly authority: string;
  /** Ed25519 public key, PEM. */
  readonly publicKeyFile: string;
}

/** Which key signs for which authority. An authority signs its own lists and no others'. */
export class TrustStore {
  readonly #keys: ReadonlyMap<string, KeyObject>;

  constructor(keys: Iterable<readonly [authority: string, publicKey: KeyObject]>) {
    this.#keys = new Map(keys);
  }

  /** Reads the configured public keys. Throws `trust/bad-key`, and `trust/secret-key` for a key that must not be here. */
  static fromFiles(authorities: readonly TrustedAuthority[]): TrustStore {
    return new TrustStore(authorities.map((one) => [one.authority, readPublicKey(one)]));
  }

  /** Tells these keys of these authorities from any others. */
  get fingerprint(): string {
    const keys = [...this.#keys].map(
      ([authority, key]) => `${authority} ${key.export({ type: 'spki', format: 'der' }).toString('base64')}`,
    );
    return createHash('sha256').update(keys.sort().join('\n')).digest('hex');
  }

  knows(authority: string): boolean {
    return this.#keys.has(authority);
  }

  /** Whether the authority that the manifest names has signed it. */
  verifies(signed: SignedManifest): boolean {
    const key = this.#keys.get(signed.manifest.authority);
    return key !== undefined && isSignedBy(signed, key);
  }
}

function readPublicKey({ authority, publicKeyFile }: TrustedAuthority): KeyObject {
  try {
    const pem = readFileSync(publicKeyFile);
    if (pem.includes('PRIVATE KEY'))
      throw new Fault(
        'trust/secret-key',
        `${publicKeyFile} is a secret key; it belongs at the centre, never on a node`,
      );
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('trust/bad-key', `cannot read the public key of ${authority} from ${publicKeyFile}`, { cause });
  }
  throw new Fault('trust/bad-key', `${publicKeyFile} is no Ed25519 public key`);
}
