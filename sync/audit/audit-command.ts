import { type Command, InvalidArgumentError } from 'commander';
import { Fault } from '../../config/foundation/fault.ts';
import { chainStart } from './audit-chain.ts';
import { auditParts, verifyAuditFolder } from './audit-files.ts';

interface VerifyOptions {
  readonly owner: string;
  readonly head?: string;
  readonly json?: boolean;
}

/** `audit verify`, the same for node and centre: exit code 1 when the log is not what was once written. */
export function addAuditCommand(program: Command): void {
  const audit = program
    .command('audit')
    .description('the log of what matters afterwards, which shows when it was tampered with');
  audit
    .command('verify')
    .description(
      'follow the chain of an audit log from its beginning and say whether anything was altered, removed or reordered',
    )
    .argument('<folder>', 'the folder with audit-000001.jsonl and its successors')
    .requiredOption('--owner <id>', "whose log it is: the node's id, or the centre's name")
    .option(
      '--head <hash>',
      'a head that was noted elsewhere (health messages carry how it begins): the chain must contain it',
      readHead,
    )
    .option('--json', 'print JSON')
    .action(verify);
}

/** So many digits that nobody makes another chain with a hash that begins like this. */
function readHead(text: string): string {
  if (!/^[0-9a-f]{32,64}$/.test(text)) throw new InvalidArgumentError('It is a hash, or at least its first 32 digits.');
  return text;
}

function verify(folder: string, { owner, head: noted, json = false }: VerifyOptions): void {
  if (partsOf(folder).length === 0)
    throw new Fault('audit/none', `${folder} has no audit log (audit-000001.jsonl); name its folder`);
  const { first, head, broken } = verifyAuditFolder(folder, chainStart(owner), noted);
  const intact = broken === null;
  if (!intact) process.exitCode = 1;
  if (json) {
    process.stdout.write(`${JSON.stringify({ intact, first, records: head.records, head: head.hash, broken })}\n`);
    return;
  }
  const span = `records ${first} to ${head.records}, head ${head.hash}`;
  if (broken === null) process.stdout.write(`Intact: ${span}\n`);
  else process.stdout.write(`NOT intact: ${WORDS[broken.reason]} at line ${broken.line}. Sound before it: ${span}\n`);
}

const WORDS = {
  'not-a-record': 'something that is no record',
  altered: 'a record whose content is not what its hash says',
  'not-in-order':
    'a record that does not follow the one before it (removed, inserted or reordered), or of another owner',
  unfinished: 'an unfinished line (a power cut leaves one; the program mends it at its next start)',
  'head-missing': 'the head that was noted elsewhere is not in this log: its end was cut off or written anew',
} as const;

function partsOf(folder: string): readonly string[] {
  try {
    return auditParts(folder);
  } catch (cause) {
    throw new Fault('audit/unreadable', `${folder} cannot be read: ${(cause as NodeJS.ErrnoException).code}`, {
      cause,
    });
  }
}
