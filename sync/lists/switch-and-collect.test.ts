import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { MemoryBroker } from '../broker/memory-link.ts';
import { revokeList } from '../central/lists/publish-list.ts';
import { openDatabase } from '../database/database.ts';
import { startMs, stolen, TestAuthority, TestNode, testFolder } from './list-world.fixture.ts';
import { ListStore } from './store/list-store.ts';
import { DirectListWriter } from './store/list-writer.ts';

/** Writes with a connection of its own, as the thread does; it can be busy, and what it says after a switch be long on its way. */
class SlowWriter extends DirectListWriter {
  readonly asked: string[] = [];
  readonly done: string[] = [];
  busy: Promise<void> = Promise.resolve();
  answering: Promise<void> = Promise.resolve();

  override async switchTo(signedManifest: Uint8Array): Promise<void> {
    this.asked.push('switch');
    await this.busy;
    await super.switchTo(signedManifest);
    this.done.push('switch');
    await this.answering;
  }

  override async collect(): Promise<void> {
    this.asked.push('collect');
    await this.busy;
    await super.collect();
    this.done.push('collect');
  }
}

function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  onTestFinished(() => open());
  return { open, opened };
}

async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

it('deletes nothing for one list while another was switched over and this node still matches what it was before', async () => {
  const folder = testFolder();
  const database = openDatabase(join(folder, 'lists.sqlite'));
  onTestFinished(() => void database.close());
  const writer = new SlowWriter(new ListStore(database));
  const broker = new MemoryBroker();
  const dutch = new TestAuthority();
  const belgian = new TestAuthority({ ...stolen, authority: 'BE' });
  const node = (await TestNode.open({ folder, writer, link: broker.link(), authorities: [dutch, belgian] })).start();
  for (const authority of [dutch, belgian]) {
    await authority.build(['12-ABC-3,NL,ref']);
    await authority.publish(broker.link(), [node.key.publicKey]);
  }
  await node.until(() => node.applied.length === 2);
  const versions = () => node.matching('12ABC3').map(({ list }) => `${list.authority} ${list.version}`);
  expect(versions()).toEqual(['BE 1', 'NL 1']);

  await expect.poll(() => writer.done.filter((one) => one === 'collect')).toHaveLength(3);
  const [free, answered] = [gate(), gate()];
  writer.busy = free.opened;
  writer.answering = answered.opened;
  writer.asked.length = 0;
  writer.done.length = 0;
  await dutch.build(['12-ABC-3,NL,ref', '34-ABC-5,NL,other']);
  await dutch.publish(broker.link(), [node.key.publicKey]);
  await expect.poll(() => writer.asked).toEqual(['switch']);
  revokeList(belgian.folder, 'ended', startMs + 1);
  await belgian.publish(broker.link(), [], startMs + 1);
  await node.until(() => node.withdrawn.length === 1);
  expect(versions()).toEqual(['NL 1']);

  free.open();
  await expect.poll(() => writer.done).toContain('switch');
  await someTurns();
  expect(versions()).toEqual(['NL 1']);
  const entry = { authority: 'NL', list: 'stolen', text: '12ABC3', reference: 'ref' };
  expect(node.blackLists.standing(entry)).toBe('listed');
  expect(writer.asked).toEqual(['switch']);

  answered.open();
  await node.until(() => node.applied.length === 3);
  await expect.poll(() => writer.done).toEqual(['switch', 'collect', 'collect']);
  expect(versions()).toEqual(['NL 2']);
  await expect.poll(() => database.prepare('SELECT count(*) FROM layer').pluck().get()).toBe(1);
});
