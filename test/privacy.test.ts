import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../sync/uplink/readable.ts';
import { consoleScreen } from './console-screen.ts';
import { eventually } from './eventually.ts';
import { formsOf } from './plate-forms.ts';
import { openSite, type Running, type Site } from './site.ts';

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

describe('a vehicle that nobody looks for', () => {
  let site: Site;
  let node: Running;
  let centre: Running;
  let screen = '';
  let wanted: { readonly text: string; readonly printed: string };
  let innocent: readonly { readonly text: string; readonly printed: string }[];
  let whileRunning: ReadonlyMap<string, Buffer>;

  beforeAll(async () => {
    site = await openSite({ scene: 'night', seconds: 9 });
    const seen = new Set(site.truth.sightings.map((sighting) => sighting.text));
    const vehicles = site.truth.vehicles.filter((vehicle) => seen.has(vehicle.text));
    const first = vehicles[0];
    if (first === undefined) throw new Error('no vehicle drove past');
    wanted = first;
    innocent = vehicles.slice(1);
    await site.publishList([wanted.text]);
    centre = site.start(
      'anpr-central',
      'hits',
      '--broker',
      site.broker.url,
      '--store',
      join(site.folder, 'h.sqlite'),
      '--node-keys',
      site.nodeKeys,
      '--json',
    );
    node = site.start('anpr-node', 'run', '--config', site.nodeConfig);
    await eventually('the replay has ended', () => node.stderr().includes('"camera-worker/ended"'));
    await eventually('the centre has the hit', () => centre.stdout().includes('"event":"hit"'));
    screen = await consoleScreen(join(site.dataFolder, 'console.sock'), ['status', 'cameras', 'lists', 'link']);
    whileRunning = new Map(filesUnder(site.dataFolder).map((path) => [path, readFileSync(path)]));
    await node.stop();
  }, 180_000);

  afterAll(async () => {
    await site?.close();
  });

  it('was really read: the search below would be worth nothing otherwise', () => {
    const stopped =
      node
        .stderr()
        .split('\n')
        .find((line) => line.includes('"node/stopped"')) ?? '{}';
    expect(JSON.parse(stopped).passages).toBeGreaterThan(innocent.length * 0.7);
    expect(innocent.length).toBeGreaterThan(2);
  });

  it('would be found by this search: the wanted vehicle is', () => {
    const traffic = Buffer.concat(site.messages.map(({ payload }) => readable(payload)));
    expect(formsOf(wanted.text, wanted.printed).some((form) => traffic.includes(form))).toBe(true);
  });

  it('leaves no trace in any file of the node, while it runs and after', () => {
    const files = [...whileRunning, ...filesUnder(site.dataFolder).map((path) => [path, readFileSync(path)] as const)];
    expect(files.length).toBeGreaterThan(3);
    for (const [path, bytes] of files) expect({ path, found: foundIn(readable(bytes)) }).toEqual({ path, found: [] });
  });

  it('leaves no trace in the log, at any level', () => {
    expect(node.stderr().length).toBeGreaterThan(500);
    expect(foundIn(Buffer.from(node.stderr() + node.stdout()))).toEqual([]);
  });

  it('leaves no trace in anything that was sent to the broker, by topic or content', () => {
    expect(site.messages.length).toBeGreaterThan(5);
    for (const { topic, payload } of site.messages) {
      const found = foundIn(Buffer.concat([Buffer.from(topic), readable(payload)]));
      expect({ topic, found }).toEqual({ topic, found: [] });
    }
  });

  it('leaves no trace on the console, which cannot show the wanted one either', () => {
    expect(screen).toContain('gantry');
    expect(foundIn(Buffer.from(screen))).toEqual([]);
    expect(formsOf(wanted.text, wanted.printed).some((form) => Buffer.from(screen).includes(form))).toBe(false);
  });

  function foundIn(bytes: Buffer): readonly string[] {
    return innocent
      .filter(({ text, printed }) => formsOf(text, printed).some((form) => bytes.includes(form)))
      .map(({ text }) => text);
  }
});
