import { expect, it } from 'vitest';
import type { ListStatus } from '../lists/matching/match.ts';
import { RefusedLists } from '../lists/refused-lists.ts';
import { healthSchema } from './health.ts';
import { healthLists } from './health-lists.ts';

const held = (id: string): ListStatus => ({
  authority: 'NL',
  id,
  validity: 'valid',
  generation: 1,
  version: 7,
  entries: 3,
  ageMs: 0,
  acceptedVersion: 7,
});

it('tells the centre what was refused of each list, why and how often, also of lists that are not held', () => {
  const refused = new RefusedLists();
  for (const reason of ['replayed', 'bad-signature'] as const)
    refused.note({ authority: 'NL', list: 'stolen', version: null, reason });
  refused.note({ authority: 'BE', list: 'wanted', version: 2, reason: 'not-allowed' });
  const lists = healthLists([held('stolen'), held('quiet')], refused);
  expect(lists).toEqual([
    { list: 'NL/stolen', version: 7, state: 'valid', refused: { code: 'bad-signature', count: 2 } },
    { list: 'NL/quiet', version: 7, state: 'valid' },
    { list: 'BE/wanted', version: null, state: 'refused', refused: { code: 'not-allowed', count: 1 } },
  ]);
  expect(healthSchema.shape.lists.safeParse(lists).success).toBe(true);
  refused.applied('NL', 'stolen');
  expect(healthLists([held('stolen')], refused)[0]).not.toHaveProperty('refused');
});

it('keeps a health message within its bounds, however many lists somebody makes up', () => {
  const refused = new RefusedLists();
  for (let n = 0; n < 500; n += 1)
    refused.note({ authority: 'NL', list: `list-${n}`, version: null, reason: 'bad-manifest' });
  const lists = healthLists([held('stolen')], refused);
  expect(lists).toHaveLength(64);
  expect(lists[0]?.list).toBe('NL/stolen');
  expect(healthSchema.shape.lists.safeParse(lists).success).toBe(true);
});

it('tells news of a refusal from its repetition', () => {
  const refused = new RefusedLists();
  const note = (list: string, reason: 'replayed' | 'expired' | 'unknown-authority') =>
    refused.note({ authority: 'NL', list, version: null, reason });
  expect(note('stolen', 'replayed')).toBe(true);
  expect(note('stolen', 'replayed')).toBe(false);
  expect(note('stolen', 'expired')).toBe(true);
  expect(note('wanted', 'expired')).toBe(true);
  expect(note('of a stranger', 'unknown-authority')).toBe(false);
  refused.applied('NL', 'stolen');
  expect(note('stolen', 'expired')).toBe(true);
});
