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

/** Lets a command that changes brokers be tried first. */
export function addDryRunOption(command: Command): Command {
  return command.option(
    '--dry-run',
    'say what would be sent, to whom, and what would be erased; nothing is sent or written, and no broker is asked',
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
    `${would} ${authority}/${list} version ${version} (generation ${generation}; ${state}); nothing was sent or written:`,
    `  ${grouped(blobsToSend)} blobs to send (${grouped(bytesToSend)} bytes), ${grouped(blobsThere)} there already`,
    `  keys for ${grouped(keysFor.length)} nodes${keysFor.length === 0 ? '' : `: ${keysFor.join(', ')}`}`,
    `  ${grouped(toErase.length)} old messages to erase${toErase.length === 0 ? '' : ':'}`,
    ...toErase.slice(0, topicsShown).map((topic) => `    ${topic}`),
    ...(unsaid > 0 ? [`    and ${grouped(unsaid)} more (--json names all)`] : []),
  ].join('\n');
}
