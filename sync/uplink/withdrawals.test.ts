import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { start } from '../../config/foundation/running-service.fixture.ts';
import { MemoryBroker } from '../broker/memory-link.ts';
import { Receiver } from '../central/receiver.ts';
import { SqliteHitStore } from '../central/sqlite-hit-store.ts';
import { VerifyingOpener } from '../central/verification/hit-opener.ts';
import { KnownNodes } from '../central/verification/known-nodes.ts';
import { readRecipientKeys } from '../central/verification/recipient-key-files.ts';
import { enrolledNode, recipientsWithKeys, temporaryFolder } from '../central/verification/signed-world.fixture.ts';
import type { EntryStanding, ListedEntry } from '../lists/matching/match.ts';
import { Outbox } from './outbox.ts';
import { Publisher } from './publisher.ts';
import { sampleHit } from './sample-hit.test-data.ts';
import { Withdrawals } from './withdrawals.ts';

const node = 'gantry-7';
const soon = { timeout: 10_000, interval: 10 };

/** A node whose lists stand as the test says, with hits waiting because no link is there yet. */
async function world({ sealed = false } = {}) {
  const register = temporaryFolder();
  const team = await recipientsWithKeys(['be-fedpol']);
  const { sealer } = await enrolledNode(node, sealed ? { register, recipients: team.recipients } : { register });
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const outbox = Outbox.open(path, { diskBudgetBytes: 1e8 });
  onTestFinished(() => outbox.close());
  const asked: ListedEntry[] = [];
  let standing: EntryStanding = 'listed';
  const withdrawals = new Withdrawals({
    node,
    outbox,
    sealer,
    standing: (entry) => {
      asked.push(entry);
      return standing;
    },
  });
  return {
    outbox,
    withdrawals,
    asked,
    listIs(now: EntryStanding): void {
      standing = now;
      withdrawals.listsChanged();
    },
    async append() {
      const hit = sampleHit();
      const { body, pictures } = await sealer.seal(hit, {});
      outbox.append(hit, pictures, body);
      withdrawals.appended(hit, body);
      return hit;
    },
    async startLinkAndCentre() {
      const broker = new MemoryBroker();
      const store = SqliteHitStore.open(':memory:');
      onTestFinished(() => store.close());
      const opener = new VerifyingOpener(
        KnownNodes.inFolder(register),
        await readRecipientKeys(sealed ? team.secretKeyFiles : []),
      );
      start(new Receiver({ link: broker.link(), store, opener }));
      start(new Publisher({ node, link: broker.link(), outbox }));
      return store;
    },
  };
}

describe('a hit that still waits when its entry leaves the list', () => {
  it.each([
    { what: 'signed', sealed: false },
    { what: 'sealed to its recipients', sealed: true },
  ])('reaches the centre, and is taken back there ($what)', async ({ sealed }) => {
    const { outbox, withdrawals, append, listIs, startLinkAndCentre } = await world({ sealed });
    const hit = await append();
    start(withdrawals);
    listIs('removed');
    await vi.waitFor(() => expect(outbox.counts().withdrawalsMade).toBe(1), soon);
    const store = await startLinkAndCentre();
    await vi.waitFor(() => expect(outbox.counts().hitsWaiting).toBe(0), soon);
    expect(await store.hit(hit.id)).toMatchObject({
      hit,
      withdrawn: { reason: 'the entry is no longer on the list' },
    });
    expect(outbox.counts()).toMatchObject({ hitsAppended: 1, hitsReceived: 1, withdrawalsReceived: 1 });
  });

  it('is taken back once, however often the list changes', async () => {
    const { outbox, withdrawals, append, asked, listIs } = await world();
    await append();
    start(withdrawals);
    listIs('list-revoked');
    await vi.waitFor(() => expect(outbox.counts().withdrawalsMade).toBe(1), soon);
    const second = await append();
    const looks = asked.length;
    listIs('removed');
    await vi.waitFor(() => expect(outbox.counts().withdrawalsMade).toBe(2), soon);
    expect(asked).toHaveLength(looks + 1);
    expect(outbox.firstHit((id) => id === second.id)).not.toBeNull();
    expect(outbox.counts().hitsWaiting).toBe(4);
  });

  it.each<EntryStanding>(['listed', 'unknown'])('is not taken back while its entry is %s', async (standing) => {
    const { outbox, withdrawals, append, asked, listIs } = await world();
    const hit = await append();
    start(withdrawals);
    listIs(standing);
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(0), soon);
    const { list, plate, entry } = hit.data;
    expect(asked[0]).toMatchObject({
      authority: list.authority,
      list: list.id,
      text: plate.read.text,
      reference: entry.reference,
    });
    expect(outbox.counts()).toMatchObject({ hitsWaiting: 1, withdrawalsMade: 0 });
  });

  it('is left alone once the centre has it', async () => {
    const { outbox, append } = await world();
    const hit = await append();
    outbox.receive({ hit: hit.id, part: 'hit', outcome: 'stored' });
    expect(outbox.withdraw(hit.id, { id: sampleHit().id, timeMs: 1, body: Buffer.from('{}') })).toBe('not-waiting');
    expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, withdrawalsMade: 0 });
  });
});
