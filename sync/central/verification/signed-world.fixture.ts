import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { makeNodeKey, readNodeKey, signingKeyOf } from '../../lists/sealing/node-key.ts';
import { HitSealer } from '../../uplink/hit-sealer.ts';
import { RecipientKeys } from '../../uplink/recipient-keys.ts';
import { makeRecipientKey } from './recipient-key-files.ts';

/** A temporary folder that goes with its test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-signed-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Enrols a node and, where a folder is named, registers it there; returns what seals its hits. */
export async function enrolledNode(
  node: string,
  { register, recipients = RecipientKeys.none }: { register?: string; recipients?: RecipientKeys } = {},
) {
  const file = join(temporaryFolder(), 'node.key');
  const publicKey = await makeNodeKey(file, { id: node, site: 'hazeldonk', country: 'NL' });
  if (register !== undefined) writeFileSync(join(register, `${node}.json`), JSON.stringify(publicKey));
  return { publicKey, sealer: new HitSealer(signingKeyOf(await readNodeKey(file)), recipients) };
}

/** Recipients with a key pair each, and their public keys as a node holds them. */
export async function recipientsWithKeys(names: readonly string[]) {
  const folder = temporaryFolder();
  const files = await Promise.all(names.map((name) => makeRecipientKey(name, folder)));
  const trusted = files.map(({ publicKeyFile }, at) => ({ recipient: names[at] ?? '', publicKeyFile }));
  return { secretKeyFiles: files.map((one) => one.secretKeyFile), recipients: await RecipientKeys.fromFiles(trusted) };
}
