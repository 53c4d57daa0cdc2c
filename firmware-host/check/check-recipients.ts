import { join } from 'node:path';
import { Fault } from '../../config/foundation/fault.ts';
import type { NodeSettings } from '../../config/node-settings.ts';
import { heldManifests } from '../../sync/lists/held-manifests.ts';
import type { ActiveManifest } from '../../sync/lists/manifest.ts';
import { RecipientKeys, type TrustedRecipient } from '../../sync/uplink/recipient-keys.ts';
import { elsewhere } from './elsewhere.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { isDatabaseError } from './is-database-error.ts';

const askForKey = 'ask the recipient for its public key (anpr-central keygen --recipient)';

/** Each recipient's public key, and the recipients of this node's lists that have none while others beside them do. */
export async function checkRecipients({ trust, dataFolder }: NodeSettings): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const readable: TrustedRecipient[] = [];
  for (const one of trust.recipients) {
    const item = `recipient ${one.recipient}`;
    const away = elsewhere(item, [one.publicKeyFile]);
    if (away !== null) {
      findings.push(away);
      continue;
    }
    try {
      await RecipientKeys.fromFiles([one]);
      readable.push(one);
      findings.push(ok(item, one.publicKeyFile));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      findings.push(fail(item, error.message, askForKey));
    }
  }
  const manifests = manifestsIn(join(dataFolder, 'lists.sqlite'));
  if ('advice' in manifests) return [...findings, manifests];
  const named = new Set(trust.recipients.map(({ recipient }) => recipient));
  const missing = withoutKey(await RecipientKeys.fromFiles(readable), manifests);
  for (const [recipient, lists] of missing) if (!named.has(recipient)) findings.push(cannotRead(recipient, lists));
  return findings;
}

function manifestsIn(file: string): readonly ActiveManifest[] | Finding {
  const item = 'lists';
  try {
    const mends = 'start the node: it sets it aside and fetches the lists again';
    return heldManifests(file) ?? warn(item, 'the list database cannot be read', mends);
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    return warn(item, `${file} cannot be opened [${error.code}]`, 'check as the user that runs the node');
  }
}

/** Once one recipient of a list has a key its hits are sealed, and whoever has none cannot read them: each with those lists. */
function withoutKey(keys: RecipientKeys, manifests: readonly ActiveManifest[]): ReadonlyMap<string, readonly string[]> {
  const listsOf = new Map<string, readonly string[]>();
  for (const { authority, list, recipients } of manifests)
    for (const recipient of keys.cannotRead(recipients))
      listsOf.set(recipient, [...(listsOf.get(recipient) ?? []), `${authority}/${list}`]);
  return listsOf;
}

function cannotRead(recipient: string, lists: readonly string[]): Finding {
  const found = `has no key here and cannot read the hits of ${lists.join(', ')}, which are encrypted`;
  return warn(`recipient ${recipient}`, found, `${askForKey} and name it in trust.recipients`);
}
