import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { silentLog } from '../../../config/foundation/log.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from '../../broker/embedded-broker.ts';
import { MqttLink } from '../../broker/mqtt-link.ts';
import { Outbox } from '../../uplink/outbox.ts';
import { Publisher } from '../../uplink/publisher.ts';
import { sampleHit, samplePicture } from '../../uplink/sample-hit.test-data.ts';
import { EvidenceFolder } from '../evidence-folder.ts';
import { HitPrinter, type HitPrinterOptions } from '../hit-printer.ts';
import { SqliteHitStore } from '../sqlite-hit-store.ts';
import { openUnsigned } from '../verification/hit-opener.ts';
import { followHits } from './hits.ts';

const pictures = { plate: samplePicture(2_000, 1), scene: samplePicture(9_000, 2) };
let folder: string;
let broker: EmbeddedBroker;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-hits-'));
  broker = await startEmbeddedBroker();
});
afterEach(async () => {
  await broker.close();
  rmSync(folder, { recursive: true });
});

/** Brings one hit with two pictures from an outbox to `followHits` and returns what was shown. */
async function follow(options: Partial<HitPrinterOptions>) {
  const outbox = Outbox.open(join(folder, 'outbox.sqlite'), { diskBudgetBytes: 1e9 });
  const hit = sampleHit({ evidence: pictures });
  outbox.append(hit, pictures);
  let text = '';
  const printer = new HitPrinter({
    write: (more) => {
      text += more;
    },
    json: false,
    colours: null,
    columns: 80,
    showPictures: true,
    decodePicture: async () => ({ widthPx: 4, heightPx: 2, channels: 1, data: new Uint8Array(8).fill(200) }),
    evidence: new EvidenceFolder(join(folder, 'evidence')),
    ...options,
  });
  const stop = new AbortController();
  const link = new MqttLink({ url: broker.url });
  const node = new Publisher({ node: 'gantry-7', link, outbox });
  const store = join(folder, 'hits.sqlite');
  const following = followHits(
    { broker: { url: broker.url }, store, printer, opener: openUnsigned, log: silentLog },
    stop.signal,
  );
  const running = [link.run(stop.signal), node.run(stop.signal)];
  await vi.waitFor(() => expect(outbox.counts().picturesWaiting).toBe(0), { timeout: 20_000, interval: 20 });
  stop.abort();
  await Promise.all(running);
  outbox.close();
  const counts = await following;
  return { hit, text, counts };
}

it('shows a hit with its pictures, saves them, and keeps both in its store', async () => {
  const { hit, text, counts } = await follow({ colours: 'truecolour' });
  const words = stripVTControlCharacters(text);
  for (const part of ['HIT · confirmed', '1ABC234 (B) listed', '1ABC234 99.1 %', 'B 97.0 %', 'or 1A8C234 0.4 %']) {
    expect(words).toContain(part);
  }
  for (const part of ['stop · priority 2', 'be-fedpol/stolen version 41, 3 min old', 'camera north-1 · lane left']) {
    expect(words).toContain(part);
  }
  expect(text).toContain('\u2580');
  const saved = join(folder, 'evidence', `${hit.id}-scene.jpg`);
  expect(words).toContain(saved);
  expect(readFileSync(saved)).toEqual(Buffer.from(pictures.scene));
  expect(statSync(saved).mode & 0o077).toBe(0);
  expect(counts).toMatchObject({ hits: 1, pictures: 2, rejected: 0 });
  const store = SqliteHitStore.open(join(folder, 'hits.sqlite'));
  expect(await store.counts()).toEqual({ hits: 1, pictures: 2 });
  await store.close();
});

it('writes one JSON object a line for programs', async () => {
  const { hit, text } = await follow({ json: true, evidence: null });
  const [first, second, third] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(first).toEqual({ event: 'hit', hit });
  expect(second).toEqual({ event: 'picture', hit: hit.id, kind: 'plate', sha256: hit.data.evidence.plate, path: null });
  expect(third).toMatchObject({ kind: 'scene' });
});

it('names the file where the terminal shows no colours, and survives a picture that is none', async () => {
  const decodePicture = async () => {
    throw new Error('not a picture');
  };
  const plain = await follow({ decodePicture });
  expect(plain.text).toContain(`-plate.jpg`);
  expect(plain.text).not.toContain('\u001b');
  rmSync(join(folder, 'outbox.sqlite'));
  expect((await follow({ decodePicture, colours: '256' })).text).toContain('cannot be decoded');
});
