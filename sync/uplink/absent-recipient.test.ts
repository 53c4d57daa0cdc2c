import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Service } from '../../config/foundation/service.ts';
import { MemoryBroker } from '../broker/memory-link.ts';
import { sendReceipt } from '../central/receipts.ts';
import { Receiver } from '../central/receiver.ts';
import { SqliteHitStore } from '../central/sqlite-hit-store.ts';
import { VerifyingOpener } from '../central/verification/hit-opener.ts';
import { KnownNodes } from '../central/verification/known-nodes.ts';
import { makeRecipientKey, readRecipientKeys } from '../central/verification/recipient-key-files.ts';
import { enrolledNode, temporaryFolder } from '../central/verification/signed-world.fixture.ts';
import { Outbox } from './outbox.ts';
import { Publisher } from './publisher.ts';
import { RecipientKeys } from './recipient-keys.ts';
import type { ResendPace } from './resend-schedule.ts';
import { sampleHit, samplePicture } from './sample-hit.test-data.ts';

const node = 'gantry-7';
const soon = { timeout: 10_000, interval: 10 };
const pictures = { plate: samplePicture(500, 1), scene: samplePicture(5_000, 2) };
const often: ResendPace = { firstMs: 50, longestMs: 100, window: 4 };
const seldom: ResendPace = { firstMs: 3_600_000, longestMs: 3_600_000, window: 4, windowUnanswered: 1 };
const whole = { hits: 1, pictures: 2 };

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

/** A node whose hits are for these recipients, one key for each time that one is named, and centres that may be started. */
async function world(
  named: readonly string[],
  {
    pace = often,
    picturePace = pace,
    count = 1,
  }: { pace?: typeof often; picturePace?: typeof often; count?: number } = {},
) {
  const broker = new MemoryBroker();
  const register = temporaryFolder();
  const files = await Promise.all(named.map((name) => makeRecipientKey(name, temporaryFolder())));
  const keys = await RecipientKeys.fromFiles(
    files.map(({ publicKeyFile }, at) => ({ recipient: named[at] ?? '', publicKeyFile })),
  );
  const { sealer } = await enrolledNode(node, { register, recipients: keys });
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const open = (): Outbox => Outbox.open(path, { diskBudgetBytes: 1e8 });
  let outbox = open();
  onTestFinished(() => outbox.close());
  const hits = Array.from({ length: count }, () => sampleHit({ recipients: [...new Set(named)], evidence: pictures }));
  for (const hit of hits) {
    const sealed = await sealer.seal(hit, pictures);
    outbox.append(hit, sealed.pictures, sealed.body);
  }
  return {
    broker,
    hits,
    prints: keys.keysOf(named).map(({ print }) => print),
    get outbox() {
      return outbox;
    },
    reopen() {
      outbox.close();
      outbox = open();
    },
    startNode: () =>
      start(
        new Publisher({
          node,
          link: broker.link(),
          outbox,
          hitPace: pace,
          picturePace,
          holderOf: (print) => keys.holderOf(print),
        }),
      ),
    startCentre: async (at: number) => {
      const store = SqliteHitStore.open(':memory:');
      const secret = await readRecipientKeys([files[at]?.secretKeyFile ?? '']);
      const receiver = new Receiver({
        link: broker.link(),
        store,
        opener: new VerifyingOpener(KnownNodes.inFolder(register), secret),
      });
      onTestFinished(() => store.close());
      start(receiver);
      return { store, receiver };
    },
  };
}

const team = ['nl-jit-7', 'be-jit-7'] as const;

describe('a recipient whose centre is away', () => {
  it('withholds no picture from the others, and misses none when it is back', async () => {
    const { outbox, startNode, startCentre } = await world(team);
    startNode();
    const first = await startCentre(0);
    await vi.waitFor(async () => expect(await first.store.counts()).toEqual(whole), soon);
    expect(outbox.counts()).toMatchObject({ hitsWaiting: 1, picturesWaiting: 2 });
    const second = await startCentre(1);
    await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, picturesWaiting: 0 }), soon);
    expect(await second.store.counts()).toEqual(whole);
    expect(outbox.counts()).toMatchObject({ hitsReceived: 1, picturesReceived: 2, picturesRefused: 0 });
  });

  it('does not have pictures sent over and over to those who have them', async () => {
    const { broker, startNode, startCentre } = await world(team, { picturePace: seldom });
    startNode();
    const first = await startCentre(0);
    await vi.waitFor(() => expect(first.receiver.counts().duplicates).toBeGreaterThan(8), soon);
    expect(await first.store.counts()).toEqual(whole);
    expect(broker.published.filter(({ topic }) => topic.includes('/evidence/'))).toHaveLength(2);
  });

  it('does not hold up later hits, nor their pictures, however many wait for it', async () => {
    const { outbox, startNode, startCentre } = await world(team, { pace: seldom, count: 20 });
    const first = await startCentre(0);
    startNode();
    await vi.waitFor(async () => expect(await first.store.counts()).toEqual({ hits: 20, pictures: 40 }), soon);
    expect(outbox.counts()).toMatchObject({ hitsWaiting: 20, picturesWaiting: 40 });
  });

  it('misses no picture that it refused because it did not have the hit yet', async () => {
    const { broker, hits, outbox, prints, startNode, startCentre } = await world(team);
    startNode();
    const first = await startCentre(0);
    await vi.waitFor(async () => expect(await first.store.counts()).toEqual(whole), soon);
    const hit = hits[0]?.id ?? '';
    for (const part of ['plate', 'scene'] as const)
      sendReceipt(broker.link(), node, { hit, part, outcome: 'refused', recipients: [prints[1] ?? ''] }, 0);
    const heard = first.receiver.counts().duplicates;
    await vi.waitFor(() => expect(first.receiver.counts().duplicates).toBeGreaterThan(heard + 2), soon);
    expect(outbox.counts()).toMatchObject({ picturesWaiting: 2, picturesRefused: 0 });
    const second = await startCentre(1);
    await vi.waitFor(async () => expect(await second.store.counts()).toEqual(whole), soon);
  });

  it('misses nothing when the node dies after the others have everything', async () => {
    const site = await world(team);
    const stopNode = site.startNode();
    const first = await site.startCentre(0);
    await vi.waitFor(async () => expect(await first.store.counts()).toEqual(whole), soon);
    await stopNode();
    site.reopen();
    site.startNode();
    const second = await site.startCentre(1);
    await vi.waitFor(() => expect(site.outbox.counts()).toMatchObject({ hitsWaiting: 0, picturesWaiting: 0 }), soon);
    for (const { store } of [first, second]) expect(await store.counts()).toEqual(whole);
  });
});

it.each([0, 1])(
  'a recipient that changes its key has a hit once one of its two keys opened it (the %i.)',
  async (at) => {
    const { outbox, startNode, startCentre } = await world(['nl-jit-7', 'nl-jit-7']);
    startNode();
    const { store } = await startCentre(at);
    await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, picturesWaiting: 0 }), soon);
    expect(await store.counts()).toEqual(whole);
  },
);

it('a key that was taken away is still known as its recipient’s while the node runs', async () => {
  const [before, after] = await Promise.all(
    [0, 1].map(async () => {
      const { publicKeyFile } = await makeRecipientKey('nl-jit-7', temporaryFolder());
      return await RecipientKeys.fromFiles([{ recipient: 'nl-jit-7', publicKeyFile }]);
    }),
  );
  const prints = [before, after].flatMap((keys) => keys?.keysOf(['nl-jit-7']) ?? []).map(({ print }) => print);
  before?.replaceBy(after ?? RecipientKeys.none);
  expect([...prints, 'unknown'].map((print) => before?.holderOf(print))).toEqual(['nl-jit-7', 'nl-jit-7', 'unknown']);
});
