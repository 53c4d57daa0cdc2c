import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installationRoot } from '../config/foundation/installation.ts';
import { decodeLuma } from '../recognizer/picture/decode-luma.ts';
import { Recognizer } from '../recognizer/recognizer.ts';
import type { Hit } from '../sync/uplink/hit.ts';
import { eventually } from './eventually.ts';
import { openSite, type Running, type Site } from './site.ts';

interface HitLine {
  readonly event: 'hit' | 'picture';
  readonly hit: Hit;
}

describe('the whole line, from a camera to the centre', () => {
  let site: Site;
  let node: Running;
  let centre: Running;
  let listed: readonly string[];
  let unlisted: readonly string[];
  let exitCode: number | null;

  const lines = () =>
    centre
      .stdout()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as HitLine);
  const hits = () => lines().filter((line) => line.event === 'hit');

  beforeAll(async () => {
    site = await openSite({ scene: 'day', seconds: 9 });
    const seen = new Set(site.truth.sightings.map((sighting) => sighting.text));
    const vehicles = site.truth.vehicles.filter((vehicle) => seen.has(vehicle.text));
    listed = vehicles.filter((_, at) => at % 2 === 0).map((vehicle) => vehicle.text);
    unlisted = vehicles.filter((_, at) => at % 2 === 1).map((vehicle) => vehicle.text);
    await site.publishList(listed);
    const evidence = join(site.folder, 'evidence');
    const store = join(site.folder, 'hits.sqlite');
    const options = ['--broker', site.broker.url, '--store', store, '--evidence', evidence, '--json'];
    options.push('--node-keys', site.nodeKeys);
    centre = site.start('anpr-central', 'hits', ...options);
    node = site.start('anpr-node', 'run', '--config', site.nodeConfig);
    await eventually('the replay has ended', () => node.stderr().includes('"camera-worker/ended"'));
    exitCode = await node.stop();
    await eventually('the centre has the pictures of every hit', () => lines().length >= hits().length * 3);
  }, 180_000);

  afterAll(async () => {
    await site?.close();
  });

  it('reports most listed vehicles, each once', () => {
    const texts = hits().map((line) => line.hit.data.plate.listed);
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.length).toBeGreaterThanOrEqual(Math.ceil(listed.length * 0.8));
  });

  it('reports nobody who is not listed', () => {
    for (const line of hits()) {
      expect(listed).toContain(line.hit.data.plate.listed);
      expect(unlisted).not.toContain(line.hit.data.plate.read.text);
    }
  });

  it('ends cleanly on SIGTERM, with nothing left to send', () => {
    expect(exitCode).toBe(0);
    expect(node.stderr()).toContain('"node/stopped"');
  });

  it('brings a picture of the plate that the recognizer reads as the listed one', async () => {
    const recognizer = await Recognizer.open({ modelsFolder: join(installationRoot(), 'recognizer', 'models') });
    try {
      for (const { hit } of hits()) {
        const plate = join(site.folder, 'evidence', `${hit.id}-plate.jpg`);
        expect(existsSync(plate)).toBe(true);
        const [read] = await recognizer.read(await decodeLuma(readFileSync(plate)));
        expect(read?.spellings[0]?.text).toBe(hit.data.plate.read.text);
      }
    } finally {
      await recognizer.close();
    }
  });

  it('shows no other plate in the scene pictures', async () => {
    const recognizer = await Recognizer.open({ modelsFolder: join(installationRoot(), 'recognizer', 'models') });
    try {
      for (const name of readdirSync(join(site.folder, 'evidence')).filter((file) => file.endsWith('-scene.jpg'))) {
        const reads = await recognizer.read(await decodeLuma(readFileSync(join(site.folder, 'evidence', name))));
        for (const read of reads) expect(unlisted).not.toContain(read.spellings[0]?.text);
      }
    } finally {
      await recognizer.close();
    }
  });

  it('keeps listed plates out of the node’s list database and out of every list message', () => {
    const database = ['lists.sqlite', 'lists.sqlite-wal']
      .map((name) => join(site.dataFolder, name))
      .filter(existsSync)
      .map((path) => readFileSync(path));
    const lists = site.messages.filter(({ topic }) => topic.includes('/lists/') || topic.includes('/keys/'));
    expect(database.length).toBeGreaterThan(0);
    expect(lists.length).toBeGreaterThanOrEqual(3);
    for (const bytes of [...database, ...lists.map(({ payload }) => Buffer.from(payload))])
      for (const plate of listed) expect(bytes.includes(plate)).toBe(false);
  });
});
