import type { Command } from 'commander';
import { grouped } from '../lists/progress.ts';
import type { PublicationPlan } from '../lists/publication-plan.ts';
import { print, tell } from './output.ts';

/** A plan with what the officer should know of it before it is carried out. */
export interface ToldPlan {
  /** `would publish`. */
  readonly would: string;
  readonly plan: PublicationPlan;
  readonly warnings: readonly string[];
  readonly json?: true | undefined;
}

const topicsShown = 12;

/** Lets a command that changes brokers be tried first; `more` says what else that takes. */
export function addDryRunOption(command: Command, more = ''): Command {
  return command.option(
    '--dry-run',
    `say what would be sent, to whom, and what would be erased; nothing is sent, the folder of the list is left alone, and no broker is asked${more}`,
  );
}

/** What a trial that seals a whole list does with it; `room` says when that takes more. */
export function sortedElsewhere(room = ''): string {
  return (
    '; 100,000 entries or more are sorted in the temporary folder, which needs as much room as the sealed list ' +
    `(120 MB for each million, more with long details${room}) until the end; what is written there is encrypted under a key that is written nowhere`
  );
}

/** Says what was only tried: warnings to the person at the terminal, the plan as output. */
export function tellPlan({ would, plan, warnings, json }: ToldPlan): void {
  for (const warning of warnings) tell(`warning: ${warning}`);
  print(json ? JSON.stringify({ dryRun: true, ...plan, warnings }) : planText(would, plan));
}

function planText(would: string, plan: PublicationPlan): string {
  const { manifest, blobsToSend, bytesToSend, blobsThere, keysFor, toErase } = plan;
  const { authority, list, version, generation } = manifest;
  const state = manifest.state === 'revoked' ? manifest.reason : `valid until ${manifest.validUntil}`;
  const unsaid = toErase.length - topicsShown;
  return [
    `${would} ${authority}/${list} version ${version} (generation ${generation}; ${state}); nothing was sent, and the list's folder is as it was:`,
    `  ${grouped(blobsToSend)} blobs to send (${grouped(bytesToSend)} bytes), ${grouped(blobsThere)} there already`,
    `  keys for ${grouped(keysFor.length)} nodes${keysFor.length === 0 ? '' : `: ${keysFor.join(', ')}`}`,
    `  ${grouped(toErase.length)} old messages to erase${toErase.length === 0 ? '' : ':'}`,
    ...toErase.slice(0, topicsShown).map((topic) => `    ${topic}`),
    ...(unsaid > 0 ? [`    and ${grouped(unsaid)} more (--json names all)`] : []),
  ].join('\n');
}
