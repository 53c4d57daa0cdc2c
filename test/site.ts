import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { installationRoot } from '../config/foundation/installation.ts';
import { type DemoTruth, renderDemoFrames } from '../firmware-host/demo/demo-frames.ts';
import { demoLanes } from '../firmware-host/demo/demo-lanes.ts';
import type { Scene } from '../firmware-host/demo/paint.ts';
import type { BrokerMessage } from '../sync/broker/broker-link.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from '../sync/broker/embedded-broker.ts';

const run = promisify(execFile);
export const authority = 'NL-TEST';

/** What a program has printed so far, and how to end it. */
export interface Running {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Sends SIGTERM and gives the exit code. */
  stop(): Promise<number | null>;
}

/** A gantry and a centre as their people set them up: real programs, a real broker, rendered traffic. */
export interface Site {
  readonly folder: string;
  readonly dataFolder: string;
  readonly broker: EmbeddedBroker;
  /** Everything that any client published, in order. */
  readonly messages: readonly BrokerMessage[];
  readonly truth: DemoTruth;
  readonly nodeConfig: string;
  /** The centre's register of nodes. */
  readonly nodeKeys: string;
  program(name: 'anpr-node' | 'anpr-central', ...parameters: string[]): Promise<{ stdout: string; stderr: string }>;
  start(name: 'anpr-node' | 'anpr-central', ...parameters: string[]): Running;
  startWith(environment: Environment, name: 'anpr-node' | 'anpr-central', ...parameters: string[]): Running;
  /** Builds and publishes a list of these plates. */
  publishList(plates: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Variables beside those of the tests' own process. */
type Environment = Readonly<Record<string, string>>;

export interface SiteOptions {
  readonly scene: Scene;
  readonly seconds: number;
  readonly country?: string;
}

/** Renders the traffic, starts a broker, makes the keys and writes the settings, all with the programs a user has. */
export async function openSite({ scene, seconds, country = 'NL' }: SiteOptions): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-site-'));
  const frames = join(folder, 'frames');
  const dataFolder = join(folder, 'data');
  const nodeConfig = join(folder, 'node.yaml');
  const nodeKeys = join(folder, 'node-keys');
  const messages: BrokerMessage[] = [];
  const started: Running[] = [];
  const truth = await renderDemoFrames(frames, { scene, seconds });
  const broker = await startEmbeddedBroker();
  broker.onPublish((message) => messages.push({ ...message, payload: Uint8Array.from(message.payload) }));
  const program: Site['program'] = (name, ...parameters) => run(process.execPath, [programFile(name), ...parameters]);

  const startWith: Site['startWith'] = (environment, name, ...parameters) => {
    const running = startProgram(name, parameters, environment);
    started.push(running);
    return running;
  };

  await program('anpr-central', 'keygen', '--authority', authority, '--out', join(folder, 'keys'));
  writeFileSync(
    nodeConfig,
    stringify({
      node: { id: 'test-node', site: 'A16 Hazeldonk', country },
      dataFolder,
      cameras: [
        {
          name: 'gantry',
          source: { kind: 'folder', path: frames, framesPerSecond: truth.framesPerSecond, pace: 'fast' },
          lanes: demoLanes(),
        },
      ],
      broker: { url: broker.url },
      keys: { nodeKeyFile: join(folder, 'node-key.json') },
      trust: { authorities: [{ authority, publicKeyFile: join(folder, 'keys', `${authority}.public-key.pem`) }] },
    }),
  );
  const { stdout } = await program('anpr-node', 'enroll', '--config', nodeConfig);
  mkdirSync(nodeKeys);
  writeFileSync(join(nodeKeys, 'test-node.json'), stdout);

  return {
    folder,
    dataFolder,
    broker,
    messages,
    truth,
    nodeConfig,
    nodeKeys,
    program,
    start: (name, ...parameters) => startWith({}, name, ...parameters),
    startWith,
    async publishList(plates) {
      const description = join(folder, 'list.yaml');
      const csv = join(folder, 'list.csv');
      const list = join(folder, 'list');
      writeFileSync(description, stringify(listDescription));
      writeFileSync(csv, `plate,reference\n${plates.map((plate, at) => `${plate},CASE-${at}`).join('\n')}\n`);
      await program('anpr-central', 'list', 'build', '--description', description, '--csv', csv, '--out', list);
      const signingKey = join(folder, 'keys', `${authority}.signing-key.pem`);
      const keys = ['--signing-key', signingKey, '--node-keys', nodeKeys];
      await program('anpr-central', 'list', 'publish', list, '--broker', broker.url, ...keys);
    },
    async close() {
      await Promise.all(started.map((one) => one.stop()));
      await broker.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One vehicle in two is wanted here, and the list says so: the base rate is part of every match. */
const listDescription = {
  authority,
  list: 'stolen',
  title: 'Stolen vehicles',
  purpose: 'stolen-vehicle',
  legalBasis: 'test',
  protocol: 'test',
  recipients: ['centre'],
  action: 'stop',
  priority: 2,
  expectedGenuinePerMillion: 250_000,
  falseHitsPerMillion: { confirmed: 1_000, verify: 20_000 },
  validity: { days: 1 },
};

function programFile(name: string): string {
  return join(installationRoot(), 'dist', `${name}.js`);
}

function startProgram(name: string, parameters: readonly string[], environment: Environment): Running {
  const child = spawn(process.execPath, [programFile(name), ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const closed = once(child, 'close');
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await closed;
      return child.exitCode;
    },
  };
}
