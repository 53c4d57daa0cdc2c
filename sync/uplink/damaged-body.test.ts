import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { start } from '../../config/foundation/running-service.fixture.ts';
import { MemoryBroker } from '../broker/memory-link.ts';
import { topics } from '../broker/topics.ts';
import { Receiver } from '../central/receiver.ts';
import { SqliteHitStore } from '../central/sqlite-hit-store.ts';
import { VerifyingOpener } from '../central/verification/hit-opener.ts';
import { KnownNodes } from '../central/verification/known-nodes.ts';
import { makeRecipientKey, readRecipientKeys } from '../central/verification/recipient-key-files.ts';
import { enrolledNode, temporaryFolder } from '../central/verification/signed-world.fixture.ts';
import { Outbox } from './outbox.ts';
import { Publisher } from './publisher.ts';
import { RecipientKeys } from './recipient-keys.ts';
import { sampleHit, samplePicture } from './sample-hit.test-data.ts';

const node = 'gantry-7';
const recipient = 'nl-jit-7';
const pace = { firstMs: 50, longestMs: 100, window: 1, windowUnanswered: 1 };
const soon = { timeout: 10_000, interval: 10 };

/** One byte of it turned into a quote, in the middle of what names its recipients. */
function damaged(body: Uint8Array): Uint8Array {
  const copy = Buffer.from(body);
  copy[copy.indexOf('"kid"') + 10] = 0x22;
  expect(() => JSON.parse(String(copy))).toThrow();
  return copy;
}

it('sends what is sound although a sealed hit and a sealed picture before it are no JSON any more', async () => {
  const register = temporaryFolder();
  const key = await makeRecipientKey(recipient, temporaryFolder());
  const recipients = await RecipientKeys.fromFiles([{ recipient, publicKeyFile: key.publicKeyFile }]);
  const { sealer } = await enrolledNode(node, { register, recipients });
  const pictures = { plate: samplePicture(500, 1) };
  const hits = [1, 2, 9].map((priority) => sampleHit({ priority, recipients: [recipient], evidence: pictures }));
  const outbox = Outbox.open(join(temporaryFolder(), 'outbox.sqlite'), { diskBudgetBytes: 1e8 });
  const store = SqliteHitStore.open(':memory:');
  onTestFinished(() => {
    outbox.close();
    return store.close();
  });
  for (const [at, hit] of hits.entries()) {
    const sealed = await sealer.seal(hit, pictures);
    const plate = sealed.pictures.plate ?? new Uint8Array();
    outbox.append(hit, { plate: at === 1 ? damaged(plate) : plate }, at === 0 ? damaged(sealed.body) : sealed.body);
  }
  const broker = new MemoryBroker();
  const opener = new VerifyingOpener(KnownNodes.inFolder(register), await readRecipientKeys([key.secretKeyFile]));
  start(new Receiver({ link: broker.link(), store, opener }));
  const holderOf = (print: string) => recipients.holderOf(print);
  start(new Publisher({ node, link: broker.link(), outbox, hitPace: pace, picturePace: pace, holderOf }));
  await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ hitsReceived: 2, picturesReceived: 1 }), soon);
  await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ picturesRefused: 1 }), soon);
  // The damaged hit goes on being sent, as one does that is damaged where only the centre can tell.
  expect(outbox.counts()).toMatchObject({ hitsWaiting: 1, picturesWaiting: 1 });
  expect(broker.published.filter(({ topic }) => topic === topics.hits(node)).length).toBeGreaterThan(3);
});
