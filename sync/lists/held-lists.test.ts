import { describe, expect, it } from 'vitest';
import { MemoryBroker } from '../broker/memory-link.ts';
import { topics } from '../broker/topics.ts';
import { place, startMs, stolen, TestAuthority, TestNode, type TestNodeOptions } from './list-world.fixture.ts';
import { type ActiveManifest, type Manifest, signManifest } from './manifest.ts';

const rows = ['12-ABC-3,NL,ref-1'];
const retain = { qos: 1, retain: true, deadlineMs: 1000 } as const;

/** A node that holds a list, started again on its folder with other options. */
async function startedAgain(area: (typeof stolen)['area'] = null) {
  const broker = new MemoryBroker();
  const authority = new TestAuthority({ ...stolen, area });
  const link = broker.link();
  const first = (await TestNode.open({ link, authorities: [authority] })).start();
  const manifest = await authority.build(rows);
  await authority.publish(link, [first.key.publicKey]);
  await first.until(() => first.applied.length === 1);
  await first.stop();
  const { folder } = first;
  const open = (options: Partial<TestNodeOptions>) =>
    TestNode.open({ folder, link: broker.link(), authorities: [authority], ...options });
  return { broker, authority, manifest, open };
}

function revoked({ format, authority, list, generation, version, predecessor, issued }: ActiveManifest): Manifest {
  return { format, authority, list, generation, version, predecessor, issued, state: 'revoked', reason: 'ended' };
}

describe('a list that a node holds', () => {
  it('matches no more once its authority signs with another key, and again, fetched but once, when it is signed anew', async () => {
    const { broker, authority, manifest, open } = await startedAgain();
    const forged = signManifest({ ...manifest, version: 9e15 }, authority.signingKey);
    await broker.link().publish(topics.listManifest('NL', 'stolen'), forged.bytes, retain);
    const thief = (await open({})).start();
    await thief.until(() => thief.applied.length === 1);
    await thief.stop();

    const renewed = new TestAuthority();
    const asked: string[] = [];
    const link = broker.link();
    const subscribe = link.subscribe.bind(link);
    link.subscribe = (filter, onMessage) => {
      if (filter.includes('/blobs/')) asked.push(filter);
      return subscribe(filter, onMessage);
    };
    const node = (await open({ authorities: [renewed], link })).start();
    await node.until(() => node.refusals.length === 1);
    expect(node.refusals[0]?.reason).toBe('bad-signature');
    expect(node.store.lists()).toEqual([]);
    expect(node.matching('12ABC3')).toEqual([]);

    const signed = signManifest(manifest, renewed.signingKey);
    await broker.link().publish(topics.listManifest('NL', 'stolen'), signed.bytes, retain);
    await node.until(() => node.applied.length === 1);
    expect(node.matching('12ABC3')[0]?.list.version).toBe(1);
    expect(asked).toEqual([topics.listBlob('NL', 'stolen', manifest.snapshot.index.sha256)]);
  });

  it.each([
    ['revoked', revoked],
    ['sent elsewhere', (manifest: ActiveManifest) => ({ ...manifest, area: { sites: ['elsewhere'] } })],
  ])('matches again, signed anew, where a stolen key had it %s', async (_, change) => {
    const { broker, authority, manifest, open } = await startedAgain();
    const forged = signManifest({ ...change(manifest), version: 9e15 }, authority.signingKey);
    await broker.link().publish(topics.listManifest('NL', 'stolen'), forged.bytes, retain);
    const robbed = (await open({})).start();
    await robbed.until(() => robbed.withdrawn.length === 1);
    await robbed.stop();

    const renewed = new TestAuthority();
    const node = (await open({ authorities: [renewed] })).start();
    const signed = signManifest(manifest, renewed.signingKey);
    await broker.link().publish(topics.listManifest('NL', 'stolen'), signed.bytes, retain);
    await node.until(() => node.applied.length === 1);
    expect(node.matching('12ABC3')[0]?.list.version).toBe(1);
  });

  it('is given up where its area does not reach any more, and taken again where it does', async () => {
    const { open } = await startedAgain({ sites: [place.site] });
    const moved = (await open({ node: { ...place, site: 'elsewhere' } })).start();
    await moved.until(() => moved.withdrawn.length === 1);
    expect(moved.matching('12ABC3')).toEqual([]);
    expect(moved.blackLists.lists(startMs)[0]).toMatchObject({ validity: 'outside-area', acceptedVersion: 1 });
    await moved.stop();

    const back = (await open({})).start();
    await back.until(() => back.applied.length === 1);
    expect(back.matching('12ABC3')).toHaveLength(1);
  });

  it('is given up where the law has become stricter, and no older version of it comes back', async () => {
    const { broker, authority, open } = await startedAgain();
    const old = authority.folder.published()?.bytes ?? Buffer.alloc(0);
    await authority.build([...rows, '34-ABC-5,NL,ref-2']);
    await authority.publish(broker.link(), []);
    const lawful = (await open({})).start();
    await lawful.until(() => lawful.applied.length === 1);
    await lawful.stop();

    const node = (await open({ allows: () => false })).start();
    await node.until(() => node.refusals.length === 1);
    expect(node.refusals[0]).toMatchObject({ version: 2, reason: 'not-allowed' });
    expect(node.matching('12ABC3')).toEqual([]);
    await broker.link().publish(topics.listManifest('NL', 'stolen'), old, retain);
    await node.until(() => node.refusals.length === 2);
    expect(node.refusals[1]?.version).toBe(1);
  });
});
