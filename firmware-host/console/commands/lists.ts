import { span } from '../../health/span.ts';
import type { LookingCommand } from '../console-command.ts';
import { textTable } from '../text-table.ts';

/** Which lists this node holds, in which version, and which it refused: never what stands in them. */
export const lists: LookingCommand = {
  name: 'lists',
  summary: 'versions, ages and sizes of the lists here, and lists refused',
  run(_words, node) {
    const { lists: held, refusedLists, inhibited } = node.facts();
    if (inhibited !== null) return [`No list is loaded: ${inhibited}.`];
    const rows = held.map((list) => [
      `${list.authority}/${list.id}`,
      list.validity,
      list.version === null ? '-' : `${list.generation}.${list.version}`,
      list.validity !== 'revoked' && list.acceptedVersion > (list.version ?? 0)
        ? `fetching ${list.acceptedVersion}`
        : '',
      String(list.entries),
      list.ageMs === null ? '-' : span(list.ageMs),
    ]);
    return [
      ...(rows.length === 0
        ? ['There is no list.']
        : textTable([['LIST', 'STATE', 'VERSION', '', 'ENTRIES', 'AGE'], ...rows])),
      ...refusedLists.map(({ authority, id, reason }) => `refused ${authority}/${id}: ${reason}`),
    ];
  },
};
