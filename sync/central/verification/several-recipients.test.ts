import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Service } from '../../../config/foundation/service.ts';
import { MemoryBroker } from '../../broker/memory-link.ts';
import { encodeMessage } from '../../uplink/cloud-event.ts';
import type { WirePictures } from '../../uplink/hit-envelope.ts';
import { Outbox } from '../../uplink/outbox.ts';
import { Publisher } from '../../uplink/publisher.ts';
import { sampleHit, samplePicture } from '../../uplink/sample-hit.test-data.ts';
import { Receiver } from '../receiver.ts';
import { SqliteHitStore } from '../sqlite-hit-store.ts';
import { VerifyingOpener } from './hit-opener.ts';
import { KnownNodes } from './known-nodes.ts';
import { readRecipientKeys } from './recipient-key-files.ts';
import { enrolledNode, recipientsWithKeys, temporaryFolder } from './signed-world.fixture.ts';

const soon = { timeout: 10_000, interval: 10 };
const pictures = { plate: samplePicture(500, 1), scene: samplePicture(5_000, 2) };

function start(service: Service): () => Promise<void> {
  const stop = new AbortController();
  const running = service.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  onTestFinished(end);
  return end;
}

/** Sealed pictures whose ciphertext is not what was sealed. */
function damage(pictures: WirePictures): WirePictures {
  const damaged = Object.entries(pictures).map(([kind, picture]) => {
    const sealed = JSON.parse(Buffer.from(picture).toString());
    return [kind, encodeMessage({ ...sealed, ciphertext: sealed.ciphertext.replace(/^..../, 'AAAA') })];
  });
  return Object.fromEntries(damaged);
}

/** A node with one sealed hit in its outbox, and two recipients whose centres may be started. */
async function world({ damaged = false } = {}) {
  const broker = new MemoryBroker();
  const register = temporaryFolder();
  const { recipients, secretKeyFiles } = await recipientsWithKeys(['nl-jit-7', 'be-jit-7']);
  const { sealer } = await enrolledNode('gantry-7', { register, recipients });
  const outbox = Outbox.open(join(temporaryFolder(), 'outbox.sqlite'), { diskBudgetBytes: 1e8 });
  onTestFinished(() => outbox.close());
  const hit = sampleHit({ recipients: ['nl-jit-7', 'be-jit-7'], evidence: pictures });
  const sealed = await sealer.seal(hit, pictures);
  outbox.append(hit, damaged ? damage(sealed.pictures) : sealed.pictures, sealed.body);
  const pace = { firstMs: 50, longestMs: 100, window: 4 };
  const startNode = () =>
    start(new Publisher({ node: 'gantry-7', link: broker.link(), outbox, hitPace: pace, picturePace: pace }));
  const startCentre = async (...which: readonly number[]) => {
    const files = which.map((at) => secretKeyFiles[at] ?? '');
    const store = SqliteHitStore.open(':memory:');
    const opener = new VerifyingOpener(KnownNodes.inFolder(register), await readRecipientKeys(files));
    const receiver = new Receiver({ link: broker.link(), store, opener });
    onTestFinished(() => store.close());
    start(receiver);
    return { store, receiver };
  };
  return { outbox, hit, startNode, startCentre };
}

it('keeps a hit until every recipient’s centre has it, and its pictures alike', async () => {
  const { outbox, hit, startNode, startCentre } = await world();
  startNode();
  const first = await startCentre(0);
  await vi.waitFor(() => expect(first.receiver.counts().duplicates).toBeGreaterThan(1), soon);
  expect(outbox.counts()).toMatchObject({ hitsWaiting: 1, picturesWaiting: 2 });
  const second = await startCentre(1);
  await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, picturesWaiting: 0 }), soon);
  for (const { store } of [first, second]) {
    expect((await store.hit(hit.id))?.hit).toEqual(hit);
    expect(await store.counts()).toEqual({ hits: 1, pictures: 2 });
  }
});

it('is content with one centre that stands for all of them', async () => {
  const { outbox, startNode, startCentre } = await world();
  await startCentre(0, 1);
  startNode();
  await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ hitsReceived: 1, picturesReceived: 2 }), soon);
});

it('asks everybody again after a restart of the node, and forgets nobody by it', async () => {
  const { outbox, hit, startNode, startCentre } = await world();
  const stopNode = startNode();
  const first = await startCentre(0);
  await vi.waitFor(() => expect(first.receiver.counts().hits).toBe(1), soon);
  await stopNode();
  startNode();
  await vi.waitFor(() => expect(first.receiver.counts().duplicates).toBeGreaterThan(1), soon);
  expect(outbox.counts().hitsWaiting).toBe(1);
  const second = await startCentre(1);
  await vi.waitFor(() => expect(outbox.counts().hitsWaiting).toBe(0), soon);
  expect((await second.store.hit(hit.id))?.hit).toEqual(hit);
});

it('does not send a picture for ever that none of its recipients can open', async () => {
  const { outbox, hit, startNode, startCentre } = await world({ damaged: true });
  startNode();
  const { store, receiver } = await startCentre(0, 1);
  await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, picturesWaiting: 0 }), soon);
  expect(outbox.counts()).toMatchObject({ picturesRefused: 2 });
  expect(receiver.counts()).toMatchObject({ hits: 1, pictures: 0 });
  expect((await store.hit(hit.id))?.hit).toEqual(hit);
});
