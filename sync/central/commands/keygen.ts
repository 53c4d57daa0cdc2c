import { type Command, InvalidArgumentError } from 'commander';
import { Fault } from '../../../config/foundation/fault.ts';
import { recipient } from '../../lists/entry.ts';
import { authorityName } from '../../lists/list-description.ts';
import { makeSigningKey } from '../lists/signing-key.ts';
import { makeRecipientKey } from '../verification/recipient-key-files.ts';
import { print } from './output.ts';

interface KeygenOptions {
  readonly authority?: string;
  readonly recipient?: string;
  readonly out: string;
}

/** `anpr-central keygen`: an authority's key pair for signing its lists, or a recipient's for opening its hits. */
export function addKeygenCommand(program: Command): void {
  program
    .command('keygen')
    .description('make the key pair with which an authority signs its lists, or a recipient opens its hits')
    .option('--authority <name>', 'upper-case name of the authority, such as NL', readAuthority)
    .option('--recipient <name>', 'name of the recipient as lists spell it, such as nl-jit-7', readRecipient)
    .requiredOption('--out <folder>', 'folder for the two files')
    .action(async (options: KeygenOptions) => {
      if ((options.authority === undefined) === (options.recipient === undefined))
        throw new Fault('keygen/for-whom', 'say whose key it is: --authority NAME or --recipient NAME, one of them');
      if (options.authority !== undefined) authorityKey(options.authority, options.out);
      if (options.recipient !== undefined) await recipientKey(options.recipient, options.out);
    });
}

function authorityKey(authority: string, out: string): void {
  const files = makeSigningKey(authority, out);
  print(`signing key  ${files.signingKeyFile}  (secret: keep it at the centre, with a copy in a safe)`);
  print(`public key   ${files.publicKeyFile}  (for trust.authorities of every node)`);
}

async function recipientKey(name: string, out: string): Promise<void> {
  const files = await makeRecipientKey(name, out);
  print(
    `secret key   ${files.secretKeyFile}  (for --recipient-key of this recipient's centre alone, with a copy in a safe)`,
  );
  print(`public key   ${files.publicKeyFile}  (for trust.recipients of every node that may send it hits)`);
}

function readAuthority(text: string): string {
  const authority = authorityName.safeParse(text);
  if (!authority.success) throw new InvalidArgumentError('It has upper-case letters, digits and hyphens.');
  return authority.data;
}

function readRecipient(text: string): string {
  if (!recipient.safeParse(text).success)
    throw new InvalidArgumentError('It has 1 to 64 letters, digits and . _ @ : - as lists write recipients.');
  return text;
}
