import { type Command, InvalidArgumentError } from 'commander';
import { printableText } from '../../../config/foundation/printable.ts';
import { signManifest } from '../../lists/manifest.ts';
import { ListFolder } from '../lists/list-folder.ts';
import { planPublication } from '../lists/publication-plan.ts';
import { revocationOf, revokeList } from '../lists/publish-list.ts';
import { readSigningKey } from '../lists/signing-key.ts';
import { addBrokerOptions, type BrokerOptions, brokerLinkOptions } from './broker-options.ts';
import { type NoteChange, underAudit } from './list-audit.ts';
import { addDryRunOption, tellPlan } from './list-dry-run.ts';
import { publish, reportText } from './list-publish.ts';
import { print, tell } from './output.ts';

interface RevokeOptions extends BrokerOptions {
  readonly signingKey: string;
  readonly reason: string;
  readonly dryRun?: true;
  readonly json?: true;
}

/** `anpr-central list revoke`. */
export function addRevokeCommand(list: Command): void {
  const command = list
    .command('revoke <folder>')
    .description('end a list: every node deletes it at once')
    .requiredOption('--signing-key <file>', "the authority's signing key")
    .requiredOption('--reason <text>', 'why, in a few words', reasonWords)
    .option('--json', 'the outcome as one JSON object');
  addBrokerOptions(addDryRunOption(command)).action((path: string, options: RevokeOptions) =>
    underAudit(command, path, (note) => revoke(new ListFolder(path), options, note)),
  );
}

async function revoke(folder: ListFolder, options: RevokeOptions, note: NoteChange): Promise<void> {
  const signingKey = readSigningKey(options.signingKey);
  const before = folder.builtManifest();
  // A revocation that did not reach its broker is sent again as it is.
  if (before.state === 'revoked')
    tell(`it was revoked on ${before.issued.slice(0, 10)} (${before.reason}), and that is sent again`);
  if (options.dryRun) return await tryRevoking(folder, options);
  if (before.state !== 'revoked') note('revoke', revokeList(folder, options.reason, Date.now()));
  const report = await publish(folder, options, { signingKey, nodes: [], again: false, note });
  print(options.json ? JSON.stringify(report) : reportText(report));
}

async function tryRevoking(folder: ListFolder, options: RevokeOptions): Promise<void> {
  brokerLinkOptions(options);
  const before = folder.builtManifest();
  const revocation = before.state === 'revoked' ? before : revocationOf(folder, options.reason, Date.now());
  const { manifest } = signManifest(revocation, readSigningKey(options.signingKey));
  const to = { folder, broker: options.broker, nodes: [] };
  const plan = await planPublication(to, { manifest, blobs: [], bytesOf: () => 0 });
  tellPlan({ would: 'would revoke', plan, warnings: [], json: options.json });
}

/** A manifest with any other could not be read again. */
function reasonWords(text: string): string {
  if (text.trim() === '' || text.length > 200 || !printableText.test(text))
    throw new InvalidArgumentError('one line of 1 to 200 characters');
  return text;
}
