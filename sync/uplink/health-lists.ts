import type { ListStatus } from '../lists/matching/match.ts';
import type { RefusedLists } from '../lists/refused-lists.ts';
import { type Health, mostHealthLists } from './health.ts';

/** What a health message says of lists: those that are held, then those of which nothing but refused messages came. */
export function healthLists(held: readonly ListStatus[], refused: RefusedLists): Health['lists'] {
  const known = held.map((list) => {
    const refusal = refused.of(list.authority, list.id);
    return {
      list: `${list.authority}/${list.id}`,
      version: list.version,
      state: list.validity as string,
      ...(refusal && { refused: { code: refusal.reason as string, count: refusal.count } }),
    };
  });
  const names = new Set(known.map(({ list }) => list));
  const never = refused.all().map(({ authority, id, reason, count }) => ({
    list: `${authority}/${id}`,
    version: null,
    state: 'refused',
    refused: { code: reason, count },
  }));
  return [...known, ...never.filter(({ list }) => !names.has(list))].slice(0, mostHealthLists);
}
