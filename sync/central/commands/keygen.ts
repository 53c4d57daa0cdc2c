import { type Command, InvalidArgumentError } from 'commander';
import { authorityName } from '../../lists/list-description.ts';
import { makeSigningKey } from '../lists/signing-key.ts';

/** `anpr-central keygen`: an authority's key pair for signing its lists. */
export function addKeygenCommand(program: Command): void {
  program
    .command('keygen')
    .description('make the key pair with which an authority signs its lists')
    .requiredOption('--authority <name>', 'upper-case name of the authority, such as NL', readAuthority)
    .requiredOption('--out <folder>', 'folder for the two files')
    .action(({ authority, out }: { authority: string; out: string }) => {
      const files = makeSigningKey(authority, out);
      process.stdout.write(
        `signing key  ${files.signingKeyFile}  (secret: keep it at the centre, with a copy in a safe)\n` +
          `public key   ${files.publicKeyFile}  (for trust.authorities of every node)\n`,
      );
    });
}

function readAuthority(text: string): string {
  const authority = authorityName.safeParse(text);
  if (!authority.success) throw new InvalidArgumentError('It has upper-case letters, digits and hyphens.');
  return authority.data;
}
