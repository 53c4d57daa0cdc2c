import { expect, it } from 'vitest';
import { revokeList } from '../central/lists/publish-list.ts';
import { listWorld } from './list-world.fixture.ts';

const entry = (text: string, reference: string) => ({ authority: 'NL', list: 'stolen', text, reference });

it('knows of an entry that a hit was made for whether it still stands, through a delta and a revocation', async () => {
  const { authority, node, centre } = await listWorld();
  const standing = (text: string, reference: string) => node.blackLists.standing(entry(text, reference));
  const publish = () => authority.publish(centre, [node.key.publicKey]);
  expect(standing('12ABC3', 'car')).toBe('unknown');

  const others = Array.from({ length: 30 }, (_, index) => `${String(10 + index)}-XYZ-${index % 10},NL,other-${index}`);
  await authority.build(['12-ABC-3,NL,car', '0I-DEF-4,NL,van', ...others]);
  await publish();
  await node.until(() => node.applied.length === 1);
  expect(standing('12ABC3', 'car')).toBe('listed');
  // As it was read, where O and 0, I and 1 are one.
  expect(standing('O1DEF4', 'van')).toBe('listed');
  // The same plate under another reference is another entry.
  expect(standing('12ABC3', 'another')).toBe('removed');

  await authority.build(['0I-DEF-4,NL,van', ...others]);
  await publish();
  await node.until(() => node.applied.length === 2);
  expect(standing('12ABC3', 'car')).toBe('removed');
  expect(standing('01DEF4', 'van')).toBe('listed');

  revokeList(authority.folder, 'ended', Date.parse('2026-03-01T13:00:00Z'));
  await publish();
  await expect.poll(() => standing('01DEF4', 'van'), { timeout: 10_000 }).toBe('list-revoked');
});
