import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, it } from 'vitest';
import { listWorld, startMs } from '../../lists/list-world.fixture.ts';
import { isSignedBy } from '../../lists/manifest.ts';
import { publishList } from './publish-list.ts';

it('mends a version that was signed with a wrong key, once it is published with the right one', async () => {
  const { authority, node, centre } = await listWorld();
  const { folder, signingKey, publicKey } = authority;
  const publish = (key: KeyObject) =>
    publishList({
      ...{ folder, link: centre, broker: 'test', nodes: [node.key.publicKey], nowMs: startMs },
      signingKey: key,
    });
  await authority.build(['12-ABC-3,NL,r1']);
  await publish(generateKeyPairSync('ed25519').privateKey);
  await node.until(() => node.refusals.some(({ reason }) => reason === 'bad-signature'));
  await publish(signingKey);
  const published = folder.published()!;
  expect(isSignedBy(published, publicKey)).toBe(true);
  await node.until(() => node.applied.length === 1);
  await publish(signingKey);
  expect(folder.published()!.bytes).toEqual(published.bytes);
});
