import { expect, it } from 'vitest';
import { topics } from '../../broker/topics.ts';
import { listWorld, place, TestNode } from '../list-world.fixture.ts';
import { signManifest } from '../manifest.ts';
import { wrapListKey } from './wrap.ts';

const rows = ['12-ABC-3,NL,ref-1'];
const retain = { qos: 1, retain: true, deadlineMs: 1000 } as const;

/** Sends a key of somebody else's making, wrapped for the node. */
async function sendStrangeKey(
  world: Awaited<ReturnType<typeof listWorld>>,
  list: string,
  generation: number,
  fill = 7,
) {
  const identity = { authority: 'NL', list, generation };
  const wrapped = await wrapListKey(Buffer.alloc(32, fill), identity, world.node.key.publicKey);
  await world.centre.publish(topics.listKey(place.id, 'NL', list, generation), Buffer.from(wrapped), retain);
}

it('takes the right key from among those that came before the manifest, and tells of none that was right', async () => {
  const world = await listWorld();
  const { authority, node, centre } = world;
  const manifest = await authority.build(rows);
  await sendStrangeKey(world, 'stolen', 1);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  await sendStrangeKey(world, 'stolen', 1, 8);
  await node.until(() => node.refusals.length === 1);
  expect(node.matching('12ABC3')).toHaveLength(1);
  expect(node.store.wrappedKeys()).toHaveLength(1);

  const next = await authority.build(rows, { rotateKey: true });
  expect(next.generation).toBe(manifest.generation + 1);
  await sendStrangeKey(world, 'stolen', 2);
  await centre.publish(topics.listManifest('NL', 'stolen'), signManifest(next, authority.signingKey).bytes, retain);
  await node.until(() => node.refusals.length === 2);
  expect(node.refusals[1]).toMatchObject({ list: 'stolen', reason: 'wrong-key' });
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 2);
});

it('stores no key of lists that no manifest named, however many are sent, and still takes the right one', async () => {
  const world = await listWorld();
  const { authority, node, centre } = world;
  for (let generation = 1; generation <= 300; generation += 1) await sendStrangeKey(world, 'made-up', generation);
  await authority.build(rows);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  expect(node.store.wrappedKeys().map(({ list }) => list)).toEqual(['stolen']);
});

it('keeps no key that the disk did not take, so that it is taken when it is sent again', async () => {
  const { authority, node, centre, broker } = await listWorld();
  await authority.build(rows);
  const put = node.store.putWrappedKey.bind(node.store);
  node.store.putWrappedKey = () => {
    throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
  };
  const signed = signManifest(authority.folder.builtManifest(), authority.signingKey);
  await centre.publish(topics.listManifest('NL', 'stolen'), signed.bytes, retain);
  await authority.publish(centre, [node.key.publicKey]);
  const topic = topics.listKey(place.id, 'NL', 'stolen', 1);
  const wrapped = Buffer.from(broker.retained.get(topic) ?? []);
  const list = { authority: 'NL', list: 'stolen', generation: 1 };
  await expect(node.keys.receive(list, wrapped)).rejects.toThrow('disk is full');
  expect(node.keys.sealOf(list)).toBeNull();
  node.store.putWrappedKey = put;
  expect(await node.keys.receive(list, wrapped)).toBe('taken');
  await node.stop();
  const again = await TestNode.open({ folder: node.folder, link: broker.link(), authorities: [authority] });
  expect(again.keys.sealOf(list)).not.toBeNull();
  again.database.close();
});
