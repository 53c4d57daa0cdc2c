import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Log, silentLog } from '../../config/foundation/log.ts';
import { decodeForDisplay } from '../../recognizer/picture/decode-for-display.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from '../../sync/broker/embedded-broker.ts';
import { followHits } from '../../sync/central/commands/hits.ts';
import { EvidenceFolder } from '../../sync/central/evidence-folder.ts';
import { type ColourDepth, colourDepth } from '../../sync/central/half-block.ts';
import { HitPrinter } from '../../sync/central/hit-printer.ts';
import { VerifyingOpener } from '../../sync/central/verification/hit-opener.ts';
import { KnownNodes } from '../../sync/central/verification/known-nodes.ts';
import type { PublicNodeKey } from '../../sync/lists/sealing/node-key.ts';
import { openNode } from '../node/open-node.ts';
import { type DemoAct, type DemoCamera, startDemoCamera } from './demo-camera.ts';
import { closingSummary, type DemoOutcome, openingLines } from './demo-display.ts';
import { DemoFigures } from './demo-figures.ts';
import { type DemoPage, openDemoPage } from './demo-page.ts';
import { DemoScreen, type Terminal } from './demo-screen.ts';
import { DEMO_PLACE, demoSite } from './demo-site.ts';
import { demoScript } from './sequence.ts';
import { WorkerFault } from './worker-fault.ts';

const statusEveryMs = 250;
/** A worker loads its models within a few seconds; on a slow machine that is busy it takes longer. */
const startWithinMs = 60_000;

export interface DemoOptions {
  readonly acts: readonly DemoAct[];
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the hits' pictures are kept; null keeps none. */
  readonly picturesFolder: string | null;
  /** Serves the officers' page too, until the signal aborts. */
  readonly web?: boolean;
  readonly log?: Log;
  /** Other models than those of this installation. */
  readonly modelsFolder?: string;
  /** So long may the camera's worker take until it looks at the road. */
  readonly startWithinMs?: number;
}

/**
 * The whole line on one machine: a rendered motorway, a real node, an embedded broker and a centre in this terminal.
 * Everything it makes lies in a temporary folder that is gone afterwards. Fault: what ends the camera's worker, if it cannot start.
 */
export async function runDemo(options: DemoOptions, signal: AbortSignal): Promise<DemoOutcome> {
  const vehicles = options.acts.flatMap(({ scene, seconds }) => demoScript(scene, seconds));
  const unlisted = vehicles.filter((vehicle) => !vehicle.listed).map((vehicle) => vehicle.text);
  const figures = new DemoFigures(DEMO_PLACE.id, options.acts, unlisted);
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-demo-'));
  const broker = await startEmbeddedBroker();
  const camera = await startDemoCamera({ acts: options.acts, signal, onAct: (act) => figures.begin(act) });
  figures.listen(broker, DEMO_PLACE.id);
  let page: DemoPage | null = null;
  try {
    if (options.web) {
      page = await openDemoPage({ store: join(folder, 'hits.sqlite'), folder, log: options.log ?? silentLog });
      options.terminal.write(`${page.lines.join('\n')}\n`);
    }
    const outcome = await drive({ ...options, folder, broker, camera, figures }, signal);
    if (page && !signal.aborted) {
      options.terminal.write("The officers' page stays until Ctrl+C.\n");
      await once(signal, 'abort');
    }
    return outcome;
  } finally {
    await page?.close();
    await camera.close();
    await broker.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Stage extends DemoOptions {
  readonly folder: string;
  readonly broker: EmbeddedBroker;
  readonly camera: DemoCamera;
  readonly figures: DemoFigures;
}

async function drive(stage: Stage, signal: AbortSignal): Promise<DemoOutcome> {
  const { broker, camera, figures, folder, terminal, picturesFolder } = stage;
  const { vehicles } = camera;
  const listed = vehicles.filter((vehicle) => vehicle.listed).length;
  const colours = colourDepth({ isTTY: terminal.isTTY, environment: stage.environment });
  const style = { colours: colours !== null, columns: terminal.columns || 80 };
  const screen = new DemoScreen(terminal, style);
  screen.print(`${openingLines(listed, style).join('\n')}\n`);

  const { settings: usual, nodes } = await demoSite({ folder, brokerUrl: broker.url, cameraUrl: camera.url, vehicles });
  const { modelsFolder = usual.recognizer.modelsFolder } = stage;
  const settings = { ...usual, recognizer: { ...usual.recognizer, modelsFolder } };
  const worker = new WorkerFault(stage.log ?? silentLog);
  const node = await openNode(settings, worker);
  const stopNode = new AbortController();
  const stopCentre = new AbortController();
  const centre = followCentre(stage, { screen, colours, nodes }, stopCentre.signal);
  const running = node.run(AbortSignal.any([signal, stopNode.signal]));
  const ticking = setInterval(() => {
    figures.weigh(node);
    screen.status(figures.state(node));
  }, statusEveryMs);
  try {
    await Promise.race([playOnceWatched(stage, worker), running]);
  } finally {
    clearInterval(ticking);
    screen.clearStatus();
    stopNode.abort();
    await running.finally(() => stopCentre.abort());
    await Promise.allSettled([centre]);
  }
  const { hits } = await centre;
  const outcome = {
    ...figures.state(node),
    ...figures.account(),
    hits,
    vehicles: vehicles.length,
    listed,
    picturesFolder,
  };
  screen.print(`${closingSummary(outcome, style).join('\n')}\n`);
  return outcome;
}

/** Without a viewer the road would never be played, and nothing would say why. */
async function playOnceWatched({ camera, ...stage }: Stage, worker: WorkerFault): Promise<void> {
  const watched = camera.watched(stage.startWithinMs ?? startWithinMs);
  const fault = await Promise.race([watched.then((seen) => (seen ? null : worker.fault)), worker.lasting]);
  if (fault !== null) throw fault;
  await camera.play();
}

interface CentreParts {
  readonly screen: DemoScreen;
  readonly colours: ColourDepth | null;
  readonly nodes: readonly PublicNodeKey[];
}

/** A centre that shows its hits above the demo's status line. */
function followCentre(
  { broker, folder, terminal, picturesFolder, log = silentLog }: Stage,
  { screen, colours, nodes }: CentreParts,
  signal: AbortSignal,
) {
  const printer = new HitPrinter({
    write: (text) => screen.print(text),
    json: false,
    colours,
    columns: terminal.columns || 80,
    showPictures: true,
    decodePicture: decodeForDisplay,
    evidence: picturesFolder === null ? null : new EvidenceFolder(picturesFolder),
  });
  const opener = new VerifyingOpener(new KnownNodes({ read: () => nodes }));
  const link = { url: broker.url, clientId: 'demo-centre' };
  return followHits({ broker: link, store: join(folder, 'hits.sqlite'), printer, opener, log }, signal);
}
