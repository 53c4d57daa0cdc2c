import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';

export interface SigningKeyFiles {
  /** Ed25519, PKCS #8 PEM, for the authority alone. */
  readonly signingKeyFile: string;
  /** SPKI PEM, for every node's trust store. */
  readonly publicKeyFile: string;
}

/** Makes an authority's signing key. Throws `signing-key/exists` rather than overwrite one. */
export function makeSigningKey(authority: string, folder: string): SigningKeyFiles {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const signingKeyFile = join(folder, `${authority}.signing-key.pem`);
  const publicKeyFile = join(folder, `${authority}.public-key.pem`);
  mkdirSync(folder, { recursive: true });
  writeNew(signingKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  writeNew(publicKeyFile, publicKey.export({ type: 'spki', format: 'pem' }), 0o644);
  return { signingKeyFile, publicKeyFile };
}

/** Throws `signing-key/unreadable`. */
export function readSigningKey(path: string): KeyObject {
  try {
    const key = createPrivateKey(readFileSync(path));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw new Fault('signing-key/unreadable', `cannot read a signing key from ${path}`, { cause });
  }
  throw new Fault('signing-key/unreadable', `${path} is no Ed25519 key; make one with anpr-central keygen`);
}

function writeNew(path: string, pem: string | Buffer, mode: number): void {
  try {
    writeFileSync(path, pem, { mode, flag: 'wx' });
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    if (exists) throw new Fault('signing-key/exists', `${path} exists already and is not overwritten`, { cause });
    throw new Fault('signing-key/not-written', `cannot write ${path}`, { cause });
  }
}
