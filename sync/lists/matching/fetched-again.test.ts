import { expect, it } from 'vitest';
import { ListSync } from '../list-sync.ts';
import { listWorld, place, startMs } from '../list-world.fixture.ts';
import type { ActiveManifest } from '../manifest.ts';
import { TrustStore } from '../trust.ts';

const rows = ['12-ABC-3,NL,ref', '34-ABC-5,NL,other'];

async function matchingWorld() {
  const world = await listWorld();
  const { authority, node, centre } = world;
  const publish = async (rowsNow: readonly string[]) => {
    await authority.build(rowsNow);
    await authority.publish(centre, [node.key.publicKey]);
  };
  await publish(rows);
  await node.until(() => node.applied.length === 1);
  expect(node.matching('12ABC3')).toHaveLength(1);
  return { ...world, publish };
}

it('matches a list whose authority was struck off the settings and put back before the next vehicle passed', async () => {
  const { authority, node, broker } = await matchingWorld();
  const applied: ActiveManifest[] = [];
  const { store, keys } = node;
  const chunks = () => store.lists().length + Number(node.database.prepare('SELECT count(*) FROM chunk').pluck().get());
  const runWith = (trust: TrustStore) => {
    const stop = new AbortController();
    const onApplied = (manifest: ActiveManifest) => applied.push(manifest);
    const sync = new ListSync({ link: broker.link(), store, keys, trust, node: place, now: () => startMs, onApplied });
    const running = sync.run(stop.signal);
    return async () => {
      stop.abort();
      await running;
    };
  };
  const without = runWith(new TrustStore([]));
  await expect.poll(chunks).toBe(0);
  await without();
  const again = runWith(new TrustStore([['NL', authority.publicKey]]));
  await expect.poll(() => applied.length).toBe(1);
  await again();
  expect(node.blackLists.lists(startMs)[0]?.validity).toBe('valid');
  expect(node.matching('12ABC3')).toHaveLength(1);
});

it('matches a version that is again as one before it was, when nothing passed between', async () => {
  const { node, publish } = await matchingWorld();
  const chunksLeft = () => Number(node.database.prepare('SELECT count(*) FROM chunk').pluck().get());
  await publish(rows.slice(1));
  await node.until(() => node.applied.length === 2);
  await expect.poll(chunksLeft).toBe(1);
  await publish(rows);
  await node.until(() => node.applied.length === 3);
  expect(node.matching('12ABC3')).toHaveLength(1);
});
