import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MemoryBroker, MemoryLink } from '../../broker/memory-link.ts';
import { listWorld, startMs, TestAuthority } from '../../lists/list-world.fixture.ts';
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

it('sends nothing where the list key is not the one of the version', async () => {
  const authority = new TestAuthority();
  await authority.build(['12-ABC-3,NL,r1']);
  writeFileSync(join(authority.folder.path, 'list.key'), `${Buffer.alloc(32, 7).toString('base64url')}\n`);
  const broker = new MemoryBroker();
  await expect(authority.publish(broker.link(), [])).rejects.toMatchObject({
    code: 'list-folder/damaged',
    message: expect.stringContaining('--rotate-key'),
  });
  expect(broker.published).toEqual([]);
  expect(authority.folder.published()).toBeNull();
});

const hourMs = 3_600_000;

it('notes when a version first reached a broker, and not a later time', async () => {
  const authority = new TestAuthority();
  await authority.build(['12-ABC-3,NL,r1']);
  const link = new MemoryBroker().link();
  for (const nowMs of [startMs, startMs + hourMs]) await authority.publish(link, [], nowMs);
  const at = authority.folder.firstPublications.at('test');
  expect(at?.sha256).toBe(authority.folder.published()?.sha256);
  expect(at?.ms).toBeLessThan(startMs + 60_000);
});

it('knows no time of a version that was published by a program which noted none, even when it is published again', async () => {
  const authority = new TestAuthority();
  await authority.build(['12-ABC-3,NL,r1']);
  const link = new MemoryBroker().link();
  await authority.publish(link, []);
  rmSync(join(authority.folder.path, 'first-published.json'));
  await authority.publish(link, [], startMs + hourMs);
  expect(authority.folder.firstPublications.at('test')).toBeNull();
});

it('knows no time of a version whose manifest may have arrived although nobody said so', async () => {
  class Unanswered extends MemoryLink {
    override async publish(...message: Parameters<MemoryLink['publish']>) {
      const outcome = await super.publish(...message);
      return message[0].endsWith('/manifest') ? 'timed-out' : outcome;
    }
  }
  const authority = new TestAuthority();
  await authority.build(['12-ABC-3,NL,r1']);
  const broker = new MemoryBroker();
  await expect(authority.publish(new Unanswered(broker), [])).rejects.toMatchObject({ code: 'list/not-published' });
  await authority.publish(broker.link(), [], startMs + hourMs);
  expect(authority.folder.firstPublications.at('test')).toBeNull();
  await authority.build(['12-ABC-4,NL,r1']);
  await authority.publish(broker.link(), [], startMs + 2 * hourMs);
  expect(authority.folder.firstPublications.at('test')?.ms).toBeGreaterThanOrEqual(startMs + 2 * hourMs);
});

it('is not kept from publishing by a spoilt note of when it published before', async () => {
  const authority = new TestAuthority();
  await authority.build(['12-ABC-3,NL,r1']);
  const broker = new MemoryBroker();
  await authority.publish(broker.link(), []);
  writeFileSync(join(authority.folder.path, 'first-published.json'), '');
  await authority.build(['12-ABC-4,NL,r1']);
  expect(await authority.publish(broker.link(), [])).toMatchObject({ manifest: { version: 2 }, erased: 2 });
});
