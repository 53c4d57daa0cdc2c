import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { start } from '../../../config/foundation/running-service.fixture.ts';
import { uuidV7 } from '../../../config/foundation/uuid-v7.ts';
import { MemoryBroker } from '../../broker/memory-link.ts';
import { topics } from '../../broker/topics.ts';
import { withdrawnType } from '../../uplink/hit.ts';
import { Outbox } from '../../uplink/outbox.ts';
import { Publisher } from '../../uplink/publisher.ts';
import { sampleHit, samplePicture } from '../../uplink/sample-hit.test-data.ts';
import { Receiver } from '../receiver.ts';
import { SqliteHitStore } from '../sqlite-hit-store.ts';
import { VerifyingOpener } from './hit-opener.ts';
import { KnownNodes } from './known-nodes.ts';
import { readRecipientKeys } from './recipient-key-files.ts';
import { enrolledNode, recipientsWithKeys, temporaryFolder } from './signed-world.fixture.ts';

const node = 'gantry-7';
const soon = { timeout: 10_000, interval: 10 };
const pictures = { plate: samplePicture(500, 1), scene: samplePicture(5_000, 2) };
const pace = { firstMs: 50, longestMs: 100, window: 4 };
const [team, police] = ['nl-jit-7', 'nl-police'];

/** A node that has no recipient's key, with one hit in its outbox, and centres that may be started with keys of their own. */
async function world(recipients: readonly string[]) {
  const broker = new MemoryBroker();
  const register = temporaryFolder();
  const { secretKeyFiles } = await recipientsWithKeys([team, police]);
  const { sealer } = await enrolledNode(node, { register });
  const outbox = Outbox.open(join(temporaryFolder(), 'outbox.sqlite'), { diskBudgetBytes: 1e8 });
  onTestFinished(() => outbox.close());
  const hit = sampleHit({ recipients, evidence: pictures });
  const { body, pictures: wirePictures } = await sealer.seal(hit, pictures);
  outbox.append(hit, wirePictures, body);
  start(new Publisher({ node, link: broker.link(), outbox, hitPace: pace, picturePace: pace }));
  const startCentre = async (...names: readonly string[]) => {
    const files = names.map((name) => secretKeyFiles[[team, police].indexOf(name)] ?? '');
    const store = SqliteHitStore.open(':memory:');
    const opener = new VerifyingOpener(KnownNodes.inFolder(register), await readRecipientKeys(files));
    const receiver = new Receiver({ link: broker.link(), store, opener });
    onTestFinished(() => store.close());
    start(receiver);
    return { store, receiver };
  };
  const takeBack = async () => {
    const data = { node, hit: hit.id, reason: 'the list was revoked' };
    const withdrawn = { ...hit, id: uuidV7(Date.parse(hit.time) + 1), type: withdrawnType, data } as const;
    const payload = await sealer.sealWithdrawal(withdrawn, recipients);
    await broker.link().publish(topics.hits(node), payload, { qos: 1, deadlineMs: 1_000 });
    return withdrawn.id;
  };
  const receiptsOf = (id: string) =>
    broker.published.filter(
      ({ topic, payload }) => topic === topics.receipts(node) && Buffer.from(payload).includes(id),
    );
  return { broker, hit, outbox, startCentre, takeBack, receiptsOf };
}

it.each([
  ['which has its key', [police]],
  ['which takes whatever is not sealed', []],
])('a hit that could not be sealed waits for the centre it is for, %s, with its pictures', async (_, keys) => {
  const { hit, outbox, startCentre } = await world([police]);
  const other = await startCentre(team);
  await vi.waitFor(() => expect(other.receiver.counts().notForUs).toBeGreaterThan(3), soon);
  expect(outbox.counts()).toMatchObject({ hitsWaiting: 1, picturesWaiting: 2 });
  const own = await startCentre(...keys);
  await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, picturesWaiting: 0 }), soon);
  expect(outbox.counts()).toMatchObject({ hitsReceived: 1, picturesReceived: 2, picturesRefused: 0 });
  expect((await own.store.hit(hit.id))?.hit).toEqual(hit);
  expect(await own.store.counts()).toEqual({ hits: 1, pictures: 2 });
  expect(await other.store.counts()).toEqual({ hits: 0, pictures: 0 });
  expect(other.receiver.counts()).toMatchObject({ hits: 0, pictures: 0, picturesRefused: 0, rejected: 0 });
});

it('a centre takes what names one of those it stands for, among others or nobody', async () => {
  for (const names of [[police, team], []]) {
    const { outbox, startCentre } = await world(names);
    await startCentre(team);
    await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, picturesWaiting: 0 }), soon);
    expect(outbox.counts()).toMatchObject({ hitsReceived: 1, picturesReceived: 2 });
  }
});

it('the withdrawal of a hit is left to the centre that has the hit', async () => {
  const { hit, outbox, startCentre, takeBack, receiptsOf } = await world([police]);
  const other = await startCentre(team);
  const own = await startCentre(police);
  await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, picturesWaiting: 0 }), soon);
  const before = other.receiver.counts().notForUs;
  const id = await takeBack();
  await vi.waitFor(async () => expect(await own.store.hit(hit.id)).toMatchObject({ state: 'withdrawn' }), soon);
  await vi.waitFor(() => expect(other.receiver.counts().notForUs).toBeGreaterThan(before), soon);
  expect(other.receiver.counts()).toMatchObject({ withdrawn: 0 });
  expect(receiptsOf(id)).toHaveLength(1);
});
