import type { Command } from 'commander';
import { Fault } from '../../../config/foundation/fault.ts';
import type { Log } from '../../../config/foundation/log.ts';
import { type HitOpener, openUnsigned, VerifyingOpener } from '../verification/hit-opener.ts';
import { KnownNodes } from '../verification/known-nodes.ts';
import { readRecipientKeys } from '../verification/recipient-key-files.ts';

/** What the options below parse to. */
export interface VerificationOptions {
  readonly nodeKeys: string;
  readonly recipientKey?: readonly string[];
  readonly unsigned?: true;
}

/** Gives a command the options with which hits are verified and opened, the same for every command. */
export function addVerificationOptions(command: Command): Command {
  return command
    .option('--node-keys <folder>', 'register of the nodes whose hits are taken (see anpr-central fleet)', 'node-keys')
    .option(
      '--recipient-key <file...>',
      'secret keys of the recipients that this centre stands for: it takes hits for these alone, sealed or not',
    )
    .option('--unsigned', 'take hits without a signature, from anybody: for trials on one machine only');
}

/** What opens hits as the options say. Throws `centre/no-register`, `node-keys/...`, `recipient-key/unreadable`. */
export async function openerOf(options: VerificationOptions, log: Log): Promise<HitOpener> {
  if (options.unsigned) {
    log.event('warn', 'centre/unsigned', { advice: 'whoever reaches the broker can invent hits' });
    return openUnsigned;
  }
  const nodes = registerIn(options.nodeKeys, log);
  return new VerifyingOpener(nodes, await readRecipientKeys(options.recipientKey ?? []), log);
}

function registerIn(folder: string, log: Log): KnownNodes {
  try {
    const nodes = KnownNodes.inFolder(folder, log);
    if (nodes.size === 0)
      log.event('warn', 'centre/no-nodes', { folder, advice: 'register nodes: anpr-central fleet add' });
    return nodes;
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== 'node-keys/no-folder') throw cause;
    throw new Fault(
      'centre/no-register',
      `there is no register of nodes at ${folder}: name it with --node-keys, or begin one with anpr-central fleet add`,
      { cause },
    );
  }
}
