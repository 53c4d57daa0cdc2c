import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { consoleCommands } from '../firmware-host/console/console-commands.ts';
import { freePort } from '../sync/broker/start-mosquitto.ts';
import { consoleScreen } from './console-screen.ts';
import { eventually } from './eventually.ts';
import { type FilmCamera, startFilmCamera } from './film-camera.ts';
import { formsOf } from './plate-forms.ts';
import { descendantsOf, ProcessMemory } from './process-memory.ts';
import { openSite, type Running, type Site } from './site.ts';

/** The promise: a minute after a vehicle has left, the node has forgotten it. */
const forgottenMs = 60_000;

/**
 * The camera stays and the processes live on, as on a road at night: nothing is forgotten merely because a process ended.
 * While vehicles are in the picture the search must find them in memory, or it would be worth nothing afterwards.
 */
describe('the memory of a node', () => {
  let site: Site;
  let camera: FilmCamera;
  let node: Running;
  let memory: ProcessMemory;
  let innocent: readonly { readonly text: string; readonly printed: string }[];
  let metricsUrl = '';
  let during: Readonly<Record<'worker' | 'reports' | 'metrics' | 'screen', Buffer>>;
  let after: Readonly<Record<'supervisor' | 'worker', Buffer>>;

  beforeAll(async () => {
    site = await openSite({ scene: 'night', seconds: 7 });
    const { vehicles, sightings, frames } = site.truth;
    const seen = new Set(sightings.map(({ text }) => text));
    const [wanted, ...others] = vehicles.filter(({ text }) => seen.has(text));
    if (wanted === undefined) throw new Error('no vehicle drove past');
    innocent = others;
    await site.publishList([wanted.text]);

    const folder = join(site.folder, 'frames');
    const film = readdirSync(folder).sort();
    camera = await startFilmCamera(
      film.map((name) => readFileSync(join(folder, name))),
      8,
    );
    const port = await freePort();
    metricsUrl = `http://127.0.0.1:${port}/metrics`;
    const settings = parse(readFileSync(site.nodeConfig, 'utf8'));
    settings.cameras[0].source = { kind: 'mjpeg', url: camera.url };
    settings.metrics = { port };
    writeFileSync(site.nodeConfig, stringify(settings));

    memory = new ProcessMemory(join(site.folder, 'memory'));
    node = site.startWith(memory.environment, 'anpr-node', 'run', '--config', site.nodeConfig);
    const pid = node.child.pid ?? 0;
    await eventually('the camera is watched', () => node.stderr().includes('"camera/connected"'));
    const [worker] = descendantsOf(pid);
    if (worker === undefined) throw new Error('no camera worker runs');

    // The picture stands where somebody who is not wanted is near, so that he is in memory whatever the machine's pace.
    const near = sightings.filter(({ text }) => text !== wanted.text).at(-1)?.frame ?? frames;
    await camera.playTo(near);
    during = {
      worker: await memory.heapUnwatched(worker, pid),
      reports: Buffer.concat([await memory.report(worker), await memory.report(pid)]),
      metrics: await metrics(),
      screen: Buffer.from(await everyCommand()),
    };
    await camera.playTo(frames);
    const leftMs = performance.now();
    for (;;) {
      const lateMs = performance.now() - leftMs;
      after = { supervisor: await memory.heap(pid), worker: await memory.heapUnwatched(worker, pid) };
      if (foundIn(after.supervisor).length + foundIn(after.worker).length === 0 || lateMs > forgottenMs) break;
    }
  }, 400_000);

  afterAll(async () => {
    await camera?.close();
    await site?.close();
  });

  it('holds who is in the picture: the search below would be worth nothing otherwise', async () => {
    expect(foundIn(during.worker).length).toBeGreaterThan(0);
    expect(Number(/^anpr_camera_passages_total\{.*\} (\d+)$/m.exec((await metrics()).toString())?.[1])).toBeGreaterThan(
      innocent.length * 0.6,
    );
  });

  it('holds nobody in the supervisor, nor in the camera’s worker, a minute after they left', () => {
    expect(after.supervisor.includes('"nodes"')).toBe(true);
    expect({ supervisor: foundIn(after.supervisor), worker: foundIn(after.worker) }).toEqual({
      supervisor: [],
      worker: [],
    });
  });

  it('would not get into a crash report, although the vehicle is in the picture', () => {
    expect(during.reports.includes('javascriptHeap')).toBe(true);
    expect(foundIn(during.reports)).toEqual([]);
  });

  it('is not shown by the metrics, nor by any command of the console', async () => {
    expect(during.metrics.includes('anpr_frames_total')).toBe(true);
    expect(foundIn(Buffer.concat([during.metrics, await metrics()]))).toEqual([]);
    expect(during.screen.length).toBeGreaterThan(500);
    expect(foundIn(Buffer.concat([during.screen, Buffer.from(await everyCommand())]))).toEqual([]);
  });

  it('is not told to the log', () => {
    expect(foundIn(Buffer.from(node.stderr() + node.stdout()))).toEqual([]);
  });

  async function metrics(): Promise<Buffer> {
    return Buffer.from(await (await fetch(metricsUrl)).arrayBuffer());
  }

  function everyCommand(): Promise<string> {
    return consoleScreen(
      join(site.dataFolder, 'console.sock'),
      consoleCommands.map(({ name }) => name),
    );
  }

  function foundIn(bytes: Buffer): readonly string[] {
    return innocent
      .filter(({ text, printed }) => formsOf(text, printed).some((form) => bytes.includes(form)))
      .map(({ text }) => text);
  }
});
