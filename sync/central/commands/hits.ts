import { type Command, InvalidArgumentError } from 'commander';
import type { Log } from '../../../config/foundation/log.ts';
import type { Service } from '../../../config/foundation/service.ts';
import { auditing } from '../../audit/audit-log.ts';
import { MqttLink, type MqttLinkOptions } from '../../broker/mqtt-link.ts';
import { maxSealedEvidenceBytes } from '../../uplink/hit-envelope.ts';
import { EvidenceFolder } from '../evidence-folder.ts';
import { colourDepth } from '../half-block.ts';
import { type DecodePicture, HitPrinter } from '../hit-printer.ts';
import { NodeListener } from '../node-listener.ts';
import { Receiver, type ReceiverCounts } from '../receiver.ts';
import { Retention } from '../retention.ts';
import { isServer, openHitStore } from '../store/open-hit-store.ts';
import type { SqlHitStore } from '../store/sql-hit-store.ts';
import { VerdictTeller } from '../verdict-teller.ts';
import type { HitOpener } from '../verification/hit-opener.ts';
import { addBrokerOptions, type BrokerOptions, brokerLinkOptions } from './broker-options.ts';
import { auditOption, openCentreAudit } from './centre-audit.ts';
import { addDeskCommands, storeOption } from './hits-desk.ts';
import { addEraseCommand } from './hits-erase.ts';
import { addVerificationOptions, openerOf, type VerificationOptions } from './verification-options.ts';

interface HitsOptions extends BrokerOptions, VerificationOptions {
  readonly store: string;
  readonly share?: string;
  readonly evidence?: string;
  readonly keepDays?: number;
  readonly audit: string;
  readonly json?: true;
  readonly pictures: boolean;
}

export interface FollowHits {
  readonly broker: MqttLinkOptions;
  /** SQLite file or address of a database in which every hit is kept before its receipt is sent. */
  readonly store: string;
  /** Group of receivers that share the nodes' messages; without one, all on one PostgreSQL database are a group. */
  readonly share?: string | undefined;
  /** Days after which a hit is erased; without it that is left to `hits erase`. */
  readonly keepDays?: number | undefined;
  readonly printer: HitPrinter;
  /** Where pictures are saved beside the store: there they are erased with their hits. */
  readonly evidence?: EvidenceFolder | null | undefined;
  /** Verifies and opens hits. */
  readonly opener: HitOpener;
  readonly log: Log;
}

const audited: ReadonlySet<string> = new Set(['centre/hits-erased', 'centre/pictures-erased']);

/** `anpr-central hits`: receives hits, stores them, confirms them and shows them until it is stopped. */
export function addHitsCommand(program: Command, means: { readonly decodePicture: DecodePicture }): void {
  const hits = program
    .command('hits')
    .description('receive hits from the nodes and work with them; without another word it receives');
  const command = hits
    .command('receive', { isDefault: true })
    .description('receive hits from the nodes: store them, confirm them, show them')
    .option(...storeOption)
    .option(
      '--share <group>',
      "share the nodes' messages with the other receivers of this group, which must have the same store; if not given, all receivers on one PostgreSQL database are a group, and one with a file shares with nobody",
      readGroup,
    )
    .option('--evidence <folder>', 'also save pictures here, as JPEG files')
    .option('--keep-days <n>', 'erase hits and pictures that are older; their counts stay for the report', readDays)
    .option(...auditOption)
    .option('--json', 'one JSON object a line')
    .option('--no-pictures', 'do not draw plates in the terminal');
  addVerificationOptions(addBrokerOptions(command)).action(async (options: HitsOptions) => {
    const stop = stopOnSignals();
    const evidence = options.evidence === undefined ? null : new EvidenceFolder(options.evidence);
    const printer = new HitPrinter({
      write: (text) => process.stdout.write(text),
      json: options.json ?? false,
      colours: colourDepth({ isTTY: process.stdout.isTTY, environment: process.env }),
      columns: process.stdout.columns || 80,
      showPictures: options.pictures,
      decodePicture: means.decodePicture,
      evidence,
      log: linesOnStandardError,
    });
    const broker = brokerLinkOptions(options);
    // Without erasing, a receiver does nothing that its own store does not tell.
    const log =
      options.keepDays === undefined
        ? linesOnStandardError
        : auditing(linesOnStandardError, openCentreAudit(options.audit, linesOnStandardError), audited);
    const opener = await openerOf(options, log);
    const { store, keepDays, share } = options;
    const counts = await followHits({ broker, store, keepDays, share, printer, evidence, opener, log }, stop);
    process.stderr.write(`${summary(counts)}\n`);
  });
  addDeskCommands(hits, means);
  addEraseCommand(hits);
}

/** Runs a receiver with its own link and store until the signal aborts; says what it received. */
export async function followHits(options: FollowHits, signal: AbortSignal): Promise<ReceiverCounts> {
  const store = await openHitStore(options.store, options.log);
  try {
    return await followInto(store, options, signal);
  } finally {
    await store.close();
  }
}

async function followInto(store: SqlHitStore, options: FollowHits, signal: AbortSignal): Promise<ReceiverCounts> {
  const { printer, opener, log } = options;
  const share = options.share ?? (isServer(options.store) ? await usualGroup(store) : undefined);
  const link = new MqttLink({ ...options.broker, maxPayloadBytes: maxSealedEvidenceBytes, log });
  const receiver = new Receiver({
    link,
    store,
    opener,
    share,
    log,
    onHit: (hit) => printer.hit(hit),
    onWithdrawn: (withdrawn) => printer.withdrawn(withdrawn),
    onPicture: (picture) => printer.picture(picture),
  });
  const stopLink = new AbortController();
  const linkRuns = link.run(stopLink.signal);
  const { keepDays, evidence } = options;
  const beside: Service[] = [new NodeListener({ link, store, log }), new VerdictTeller({ link, store })];
  if (keepDays !== undefined) beside.push(new Retention({ store, evidence, days: keepDays, log }));
  const besideRun = Promise.all(beside.map((service) => service.run(AbortSignal.any([signal, stopLink.signal]))));
  try {
    // The receiver ends first, so that what it took in is still confirmed over the link.
    await receiver.run(signal);
    return receiver.counts();
  } finally {
    stopLink.abort();
    await Promise.all([linkRuns, besideRun]);
  }
}

/** Several receivers on one database are one centre; the centre of another country on the same broker is another. */
async function usualGroup(store: SqlHitStore): Promise<string> {
  return `centre-${await store.name()}`;
}

function readDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 36_500)
    throw new InvalidArgumentError('It is a whole number of days.');
  return days;
}

function readGroup(text: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(text)) throw new InvalidArgumentError('It has letters, digits, - and _.');
  return text;
}

function stopOnSignals(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  return stop.signal;
}

/** Standard output is for hits alone. */
const linesOnStandardError: Log = {
  event(level, event, fields = {}) {
    if (level === 'debug') return;
    const details = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
    process.stderr.write(`${[event, ...details].join(' ')}\n`);
  },
};

function summary(counts: ReceiverCounts): string {
  return `${counts.hits} hits and ${counts.pictures} pictures received, ${counts.duplicates} sent again, ${counts.rejected} rejected`;
}
