import { type Command, InvalidArgumentError } from 'commander';
import { Fault } from '../../../config/foundation/fault.ts';
import { streamLog } from '../../../config/foundation/stream-log.ts';
import { auditing } from '../../audit/audit-log.ts';
import { openHitStore } from '../store/open-hit-store.ts';
import type { TlsFiles } from '../web/certificate.ts';
import { listenAddress } from '../web/listen-address.ts';
import { readNodePlaces } from '../web/node-places.ts';
import { openWebUsers } from '../web/officers.ts';
import { WebServer } from '../web/web-server.ts';
import { auditOption, openCentreAudit } from './centre-audit.ts';
import { storeOption } from './hits-desk.ts';
import { usualUserFile } from './user.ts';

interface ServeOptions {
  readonly store: string;
  readonly users: string;
  readonly listen: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly places?: string;
  readonly idleMinutes: number;
  readonly audit: string;
}

const AUDITED: ReadonlySet<string> = new Set([
  'web/logged-in',
  'web/logged-out',
  'web/log-in-refused',
  'web/hit-opened',
  'web/followed-up',
  'web/certificate-renewed',
]);

/** `anpr-central serve`: the officers' page over a store that `anpr-central hits` fills, until it is stopped. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description("serve the officers' page: hits with their pictures, answers, nodes")
    .option(...storeOption)
    .option('--users <file>', 'who may log in, see anpr-central user', usualUserFile)
    .option('--listen <address>', 'HOST:PORT; beyond this machine only with a certificate', '127.0.0.1:8080')
    .option('--tls-cert <file>', 'certificate with its chain (PEM)')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--places <file>', 'where nodes stand, for the map (YAML): nodes: {ID: {latitude: 51.5, longitude: 4.7}}')
    .option('--idle-minutes <n>', 'log out after so long without a sign of the officer', readMinutes, 30)
    .option(...auditOption)
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const address = listenAddress(options.listen);
  const users = openWebUsers(options.users);
  if (users.users().length === 0)
    throw new Fault('web/no-users', `nobody may log in yet: anpr-central user add NAME --users ${options.users}`);
  const places = options.places === undefined ? undefined : readNodePlaces(options.places);
  const tls = tlsFiles(options);
  const plainLog = streamLog(process.stderr);
  const log = auditing(plainLog, openCentreAudit(options.audit, plainLog), AUDITED);
  const idleMs = options.idleMinutes * 60_000;
  const desk = await openHitStore(options.store, log);
  try {
    const onListening = (url: string) => process.stdout.write(`the officers' page is at ${url}\n`);
    const server = new WebServer({ address, tls, desk, users, places, idleMs, log, onListening });
    await server.run(stopOnSignals());
  } finally {
    await desk.close();
  }
}

function tlsFiles({ tlsCert, tlsKey }: ServeOptions): TlsFiles | null {
  if (tlsCert === undefined && tlsKey === undefined) return null;
  if (tlsCert === undefined || tlsKey === undefined)
    throw new Fault('web/bad-certificate', 'a certificate needs its key: give both --tls-cert and --tls-key');
  return { certificateFile: tlsCert, keyFile: tlsKey };
}

function readMinutes(text: string): number {
  const minutes = Number(text);
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 720)
    throw new InvalidArgumentError('It is a whole number from 1 to 720.');
  return minutes;
}

function stopOnSignals(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  return stop.signal;
}
