import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../config/foundation/fault.ts';
import { type Log, silentLog } from '../../config/foundation/log.ts';
import { type NodeSettings, nodeSettingsSchema } from '../../config/node-settings.ts';
import { decodeForDisplay } from '../../recognizer/picture/decode-for-display.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from '../../sync/broker/embedded-broker.ts';
import { withBroker } from '../../sync/broker/mqtt-link.ts';
import { topics } from '../../sync/broker/topics.ts';
import { followHits } from '../../sync/central/commands/hits.ts';
import { EvidenceFolder } from '../../sync/central/evidence-folder.ts';
import { colourDepth } from '../../sync/central/half-block.ts';
import { HitPrinter } from '../../sync/central/hit-printer.ts';
import { buildListFolder } from '../../sync/central/lists/build-list-folder.ts';
import { ListFolder } from '../../sync/central/lists/list-folder.ts';
import { publishList } from '../../sync/central/lists/publish-list.ts';
import { makeSigningKey, readSigningKey } from '../../sync/central/lists/signing-key.ts';
import { makeNodeKey } from '../../sync/lists/node-key.ts';
import { openNode } from '../node/open-node.ts';
import { type DemoAct, type DemoCamera, startDemoCamera } from './demo-camera.ts';
import { closingSummary, type DemoState, openingLines } from './demo-display.ts';
import { demoLanes } from './demo-lanes.ts';
import { DEMO_AUTHORITY, demoListCsv, demoListDescription } from './demo-lists.ts';
import { DemoScreen, type Terminal } from './demo-screen.ts';
import { TrafficLedger } from './traffic-ledger.ts';

const place = { id: 'demo-node', site: 'A16 Hazeldonk (demo)', country: 'NL' } as const;
const statusEveryMs = 250;

export interface DemoOptions {
  readonly acts: readonly DemoAct[];
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the hits' pictures are kept; null keeps none. */
  readonly picturesFolder: string | null;
  readonly log?: Log;
}

export interface DemoResult {
  readonly vehicles: number;
  readonly listed: number;
  readonly hits: number;
  readonly passages: number;
  readonly firstHitAfterS: number | null;
  readonly promiseKept: boolean;
}

/**
 * The whole line on one machine: a rendered motorway, a real node, an embedded broker and a centre in this terminal.
 * Everything it makes lies in a temporary folder that is gone afterwards.
 */
export async function runDemo(options: DemoOptions, signal: AbortSignal): Promise<DemoResult> {
  const startedMs = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-demo-'));
  const broker = await startEmbeddedBroker();
  const progress = progressOf(options.acts);
  const camera = await startDemoCamera({ acts: options.acts, signal, onAct: progress.onAct });
  try {
    const settings = await demoSettings({ folder, broker, camera });
    return await drive({ ...options, folder, broker, camera, settings, startedMs, progress: progress.now }, signal);
  } finally {
    await camera.close();
    await broker.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Stage extends DemoOptions {
  readonly folder: string;
  readonly broker: EmbeddedBroker;
  readonly camera: DemoCamera;
  readonly settings: NodeSettings;
  readonly startedMs: number;
  readonly progress: () => Pick<DemoState, 'scene' | 'elapsedS' | 'totalS'>;
}

async function drive(stage: Stage, signal: AbortSignal): Promise<DemoResult> {
  const { camera, broker, settings, startedMs, terminal, picturesFolder } = stage;
  const colours = colourDepth({ isTTY: terminal.isTTY, environment: stage.environment });
  const style = { colours: colours !== null, columns: terminal.columns ?? 80 };
  const screen = new DemoScreen(terminal, { colours: style.colours });
  const listed = camera.vehicles.filter((vehicle) => vehicle.listed).length;
  const unlisted = camera.vehicles.filter((vehicle) => !vehicle.listed).map((vehicle) => vehicle.text);
  const ledger = new TrafficLedger(place.id, unlisted);
  broker.onPublish((message) => ledger.add(message));
  let confirmed = 0;
  let firstHitAfterS: number | null = null;
  broker.onPublish(({ topic, payload }) => {
    if (topic !== topics.receipts(place.id) || !Buffer.from(payload).includes('"part":"hit"')) return;
    confirmed += 1;
    firstHitAfterS ??= (performance.now() - startedMs) / 1000;
  });
  screen.print(`${openingLines(listed, style).join('\n')}\n`);

  const node = await openNode(settings, stage.log ?? silentLog);
  const printer = new HitPrinter({
    write: (text) => screen.print(text),
    json: false,
    colours,
    columns: style.columns,
    showPictures: true,
    decodePicture: decodeForDisplay,
    evidence: picturesFolder === null ? null : new EvidenceFolder(picturesFolder),
  });
  const stopCentre = new AbortController();
  const store = join(stage.folder, 'hits.sqlite');
  const link = { url: broker.url, clientId: 'demo-centre' };
  const centre = followHits({ broker: link, store, printer, log: stage.log ?? silentLog }, stopCentre.signal);
  const stopNode = new AbortController();
  const running = node.run(AbortSignal.any([signal, stopNode.signal]));
  const state = (): DemoState => {
    const { frames = 0, read = 0, passages = 0 } = node.state.funnel();
    const left = ledger.totals();
    const hits = left.byKind.hits.messages;
    return { ...stage.progress(), frames, reads: read, passages, hits, queue: Math.max(0, hits - confirmed), left };
  };
  const peak = { processBytes: 0, workerBytes: 0 };
  const ticking = setInterval(() => {
    peak.processBytes = Math.max(peak.processBytes, process.memoryUsage.rss());
    peak.workerBytes = Math.max(peak.workerBytes, node.state.workerBytes());
    screen.status(state());
  }, statusEveryMs);
  try {
    await Promise.race([camera.play(), running]);
  } finally {
    clearInterval(ticking);
    stopNode.abort();
    await running.finally(() => stopCentre.abort());
  }
  const counts = await centre;
  screen.clearStatus();
  const outcome = {
    ...state(),
    hits: counts.hits,
    vehicles: camera.vehicles.length,
    listed,
    firstHitAfterS,
    peakMemory: peak,
    picturesFolder,
  };
  screen.print(`${closingSummary(outcome, style).join('\n')}\n`);
  const { otherMessages, unlistedPlates } = outcome.left;
  return { ...outcome, promiseKept: otherMessages === 0 && unlistedPlates === 0 };
}

/** Keys, a sealed list of a few of the vehicles, published; and the settings of a node that watches the camera. */
async function demoSettings({
  folder,
  broker,
  camera,
}: Pick<Stage, 'folder' | 'broker' | 'camera'>): Promise<NodeSettings> {
  const keys = makeSigningKey(DEMO_AUTHORITY, join(folder, 'centre'));
  const nodeKeyFile = join(folder, 'node-key.json');
  const nodes = [await makeNodeKey(nodeKeyFile, place)];
  const list = new ListFolder(join(folder, 'centre', 'list'));
  const csv = [demoListCsv(camera.vehicles)];
  const built = await buildListFolder({ description: demoListDescription, csv, folder: list, nowMs: Date.now() });
  if ('errors' in built) throw new Fault('demo/bad-list', built.errors[0]?.message ?? 'the list of the demo is wrong');
  const signingKey = readSigningKey(keys.signingKeyFile);
  await withBroker({ url: broker.url }, (link) =>
    publishList({ folder: list, link, broker: broker.url, signingKey, nodes, nowMs: Date.now() }),
  );
  return nodeSettingsSchema({ folder }).parse({
    node: place,
    dataFolder: 'node',
    cameras: [{ name: 'gantry', source: { kind: 'mjpeg', url: camera.url }, lanes: demoLanes() }],
    broker: { url: broker.url },
    keys: { nodeKeyFile },
    trust: { authorities: [{ authority: DEMO_AUTHORITY, publicKeyFile: keys.publicKeyFile }] },
  });
}

/** Which act is on, and for how long the demo has run. */
function progressOf(acts: readonly DemoAct[]) {
  let current = acts[0];
  let beganMs: number | null = null;
  const totalS = acts.reduce((sum, act) => sum + act.seconds, 0);
  return {
    onAct(act: DemoAct): void {
      current = act;
      beganMs ??= performance.now();
    },
    now: (): Pick<DemoState, 'scene' | 'elapsedS' | 'totalS'> => ({
      scene: current?.scene ?? 'day',
      elapsedS: beganMs === null ? 0 : Math.min(totalS, (performance.now() - beganMs) / 1000),
      totalS,
    }),
  };
}
