import { expect, it } from 'vitest';
import { topics } from '../broker/topics.ts';
import { listWorld, startMs } from './list-world.fixture.ts';
import { type ActiveManifest, type Manifest, signManifest } from './manifest.ts';

const rows = ['12-ABC-3,NL,ref-1', '1-OIA-234,B,ref-2'];
const retain = { qos: 1, retain: true, deadlineMs: 1000 } as const;

/** A node that matches version 2, of generation 2, while the centre was put back to version 1 from a backup. */
async function worldWithRestoredCentre() {
  const world = await listWorld();
  const { authority, centre, node } = world;
  const restored = await authority.build(rows);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  const { sha256 } = signManifest(restored, authority.signingKey);
  await authority.build(rows, { rotateKey: true });
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 2);
  const next: ActiveManifest = { ...restored, version: 2, title: 'another', predecessor: { version: 1, sha256 } };
  const send = async (manifest: Manifest) => {
    const signed = signManifest(manifest, authority.signingKey);
    await centre.publish(topics.listManifest('NL', 'stolen'), signed.bytes, retain);
    return signed.sha256;
  };
  return { ...world, next, send };
}

function revocationAfter(manifest: ActiveManifest, sha256: string, version = manifest.version + 1): Manifest {
  const { format, authority, list, generation, issued } = manifest;
  const predecessor = { version: manifest.version, sha256 };
  return { format, authority, list, generation, version, issued, predecessor, state: 'revoked', reason: 'ended' };
}

it('ends a list that its authority revokes after another history and in an older generation than this node knows', async () => {
  const { node, next, send } = await worldWithRestoredCentre();
  const sha256 = await send(next);
  await node.until(() => node.refusals.length === 1);
  expect(node.refusals[0]?.reason).toBe('forked');
  expect(node.matching('12ABC3')).toHaveLength(1);

  await send(revocationAfter(next, sha256));
  await expect.poll(() => node.withdrawn.length).toBe(1);
  expect(node.refusals).toHaveLength(1);
  expect(node.matching('12ABC3')).toEqual([]);
  expect(node.blackLists.lists(startMs)[0]).toMatchObject({ validity: 'revoked', entries: 0, acceptedVersion: 3 });
  // How new the list was is remembered all the same.
  expect(node.store.list('NL', 'stolen')?.accepted).toMatchObject({ generation: 2, version: 3 });
  expect(node.store.wrappedKeys()).toEqual([]);
});

it('lets no revocation count that is not newer than what it ends', async () => {
  const { node, next, send } = await worldWithRestoredCentre();
  await send(revocationAfter(next, 'a'.repeat(64), 2));
  await send(revocationAfter(next, 'a'.repeat(64), 1));
  await node.until(() => node.refusals.length === 2);
  expect(node.refusals.map(({ reason }) => reason)).toEqual(['forked', 'replayed']);
  expect(node.matching('12ABC3')).toHaveLength(1);
});
