import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { jsonLog } from '../../config/foundation/log.ts';
import { start } from '../../config/foundation/running-service.fixture.ts';
import { MemoryBroker } from '../broker/memory-link.ts';
import { sendReceipt } from '../central/receipts.ts';
import { enrolledNode, temporaryFolder } from '../central/verification/signed-world.fixture.ts';
import { openDatabase } from '../database/database.ts';
import { Outbox } from './outbox.ts';
import { Publisher } from './publisher.ts';
import { sampleHit, samplePicture } from './sample-hit.test-data.ts';
import { Withdrawals } from './withdrawals.ts';

const node = 'gantry-7';
const soon = { timeout: 10_000, interval: 10 };
const path = (): string => join(temporaryFolder(), 'outbox.sqlite');

function keptEvents() {
  const events: string[] = [];
  return { events, log: jsonLog((line) => events.push(JSON.parse(line).event)) };
}

/** An outbox on a disk that has no room for a withdrawal. */
class NoRoomForWithdrawals extends Outbox {
  asked = 0;
  override withdraw(): 'no-room' {
    this.asked += 1;
    return 'no-room';
  }
}

it('the log tells nothing of a picture that the centre refuses, since it may be of a discreet hit', async () => {
  const { events, log } = keptEvents();
  const outbox = Outbox.open(path(), { diskBudgetBytes: 1e8, log });
  onTestFinished(() => outbox.close());
  const broker = new MemoryBroker();
  start(new Publisher({ node, link: broker.link(), outbox, log }));
  const pictures = { plate: samplePicture(500) };
  const hit = sampleHit({ action: 'discreet-check', evidence: pictures });
  outbox.append(hit, pictures);
  sendReceipt(broker.link(), node, { hit: hit.id, part: 'hit', outcome: 'stored' }, 0);
  sendReceipt(broker.link(), node, { hit: hit.id, part: 'plate', outcome: 'refused' }, 0);
  await vi.waitFor(() => expect(outbox.counts().picturesRefused).toBe(1), soon);
  expect(events).toEqual([]);
});

it.each([
  ['nothing of a discreet hit', 'discreet-check', []],
  ['so of an open one', 'stop', ['uplink/withdrawal-waits']],
] as const)('when a withdrawal finds no room, the log says %s', async (_, action, said) => {
  const { events, log } = keptEvents();
  const outbox = new NoRoomForWithdrawals(openDatabase(path(), { shrinks: true }), { diskBudgetBytes: 1e8, log });
  onTestFinished(() => outbox.close());
  const { sealer } = await enrolledNode(node);
  const withdrawals = new Withdrawals({ node, outbox, sealer, standing: () => 'removed', log });
  const hit = sampleHit({ action });
  const { body } = await sealer.seal(hit, {});
  outbox.append(hit, {}, body);
  withdrawals.appended(hit, body);
  start(withdrawals);
  await vi.waitFor(() => expect(outbox.asked).toBeGreaterThan(0), soon);
  expect(events).toEqual(said);
});
