import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { Fault } from '../../../config/foundation/fault.ts';
import {
  importRecipientKey,
  type KeyByPrint,
  recipientKeySchema,
  sealAlgorithm,
  secretRecipientKeySchema,
} from '../../uplink/seal.ts';

export interface RecipientKeyFiles {
  /** JWK with the secret half, for the recipient's own centre alone. */
  readonly secretKeyFile: string;
  /** JWK without it, for trust.recipients of the nodes. */
  readonly publicKeyFile: string;
}

/** A secret key of this centre, and the recipient whose it is, as lists spell the name. */
export interface OwnRecipientKey extends KeyByPrint {
  readonly recipient: string;
}

/** Makes a recipient's key pair. Throws `recipient-key/exists` rather than overwrite one. */
export async function makeRecipientKey(recipient: string, folder: string): Promise<RecipientKeyFiles> {
  const { privateKey } = await generateKeyPair(sealAlgorithm, { crv: 'P-256', extractable: true });
  const terms = { use: 'enc', alg: sealAlgorithm, kid: recipient };
  const secret = secretRecipientKeySchema.parse({ ...(await exportJWK(privateKey)), ...terms });
  const secretKeyFile = join(folder, `${recipient}.recipient-key.json`);
  const publicKeyFile = join(folder, `${recipient}.recipient-public-key.json`);
  mkdirSync(folder, { recursive: true });
  writeNew(secretKeyFile, secret, 0o600);
  writeNew(publicKeyFile, recipientKeySchema.parse(secret), 0o644);
  return { secretKeyFile, publicKeyFile };
}

/** The secret keys with which a centre opens what was sealed to it. Throws `recipient-key/unreadable`. */
export function readRecipientKeys(files: readonly string[]): Promise<readonly OwnRecipientKey[]> {
  return Promise.all(files.map(readSecretKey));
}

async function readSecretKey(path: string): Promise<OwnRecipientKey> {
  try {
    const key = secretRecipientKeySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return { ...(await importRecipientKey(key)), recipient: key.kid };
  } catch (cause) {
    throw new Fault(
      'recipient-key/unreadable',
      `${path} holds no secret key of a recipient; make one with anpr-central keygen --recipient NAME`,
      { cause },
    );
  }
}

function writeNew(path: string, key: object, mode: number): void {
  try {
    writeFileSync(path, `${JSON.stringify(key, null, 2)}\n`, { mode, flag: 'wx' });
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    if (exists) throw new Fault('recipient-key/exists', `${path} exists already and is not overwritten`, { cause });
    throw new Fault('recipient-key/not-written', `cannot write ${path}`, { cause });
  }
}
