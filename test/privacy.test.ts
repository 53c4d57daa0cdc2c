import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../sync/uplink/readable.ts';
import { eventually } from './eventually.ts';
import { openSite, type Running, type Site } from './site.ts';

/** Every way in which a program may have written a plate down. */
function formsOf(canonical: string, printed: string): readonly Buffer[] {
  const texts = [canonical, printed, canonical.toLowerCase(), printed.replaceAll('-', ' ')];
  return texts.flatMap((text) => [
    Buffer.from(text, 'utf8'),
    Buffer.from(text, 'utf16le'),
    Buffer.from(Buffer.from(text).toString('hex')),
    Buffer.from(Buffer.from(text).toString('base64').replace(/=+$/, '')),
    ...['sha256', 'sha1', 'md5'].flatMap((algorithm) => {
      const digest = createHash(algorithm).update(text).digest();
      return [digest, Buffer.from(digest.toString('hex'))];
    }),
  ]);
}

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

/** What the local console prints for these commands. */
async function consoleScreen(path: string, commands: readonly string[]): Promise<string> {
  const socket = connect(path);
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  await eventually('the console greets', () => text.length > 0);
  for (const command of commands) {
    const before = text.length;
    socket.write(`${command}\r`);
    await eventually(`the console answers ${command}`, () => text.length > before + command.length + 20);
  }
  socket.destroy();
  return text;
}
