import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { BrokerCredentials } from './connect-options.ts';

const fileNames = ['caFile', 'certificateFile', 'keyFile', 'usernameFile', 'passwordFile'] as const;

/** `unusable`: the files changed and would not connect now, such as a certificate whose key has not been written yet. */
export type CredentialState = 'same' | 'renewed' | 'unusable';

/** Notices that the files of a connection have been replaced since it was made. */
export class CredentialWatch {
  readonly #files: BrokerCredentials;
  readonly #then: string | null;

  constructor(files: BrokerCredentials) {
    this.#files = files;
    this.#then = digestOf(files);
  }

  look(): CredentialState {
    const now = digestOf(this.#files);
    if (now === null) return 'unusable';
    if (now === this.#then) return 'same';
    return isUsable(this.#files) ? 'renewed' : 'unusable';
  }
}

/** Null when a file cannot be read. */
function digestOf(files: BrokerCredentials): string | null {
  const hash = createHash('sha256');
  try {
    for (const name of fileNames) {
      const path = files[name];
      const bytes = path === undefined ? Buffer.alloc(0) : readFileSync(path);
      hash.update(`${bytes.length} `).update(bytes);
    }
    return hash.digest('hex');
  } catch {
    // A file that is being replaced may be missing for a moment: the next look tells.
    return null;
  }
}

function isUsable({ caFile, certificateFile, keyFile }: BrokerCredentials): boolean {
  try {
    if (caFile !== undefined) new X509Certificate(readFileSync(caFile));
    if (certificateFile === undefined || keyFile === undefined) return true;
    const certificate = new X509Certificate(readFileSync(certificateFile));
    return certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile)));
  } catch {
    // Half-written PEM: not yet.
    return false;
  }
}
