import type { HitState, StoredHit } from './store/hit-desk.ts';

const stateCodes: Readonly<Record<HitState, string>> = {
  new: '1;31',
  seen: '33',
  dispatched: '36',
  closed: '2',
  withdrawn: '2',
};

/** A hit as one line of a table; times are those of the passage, UTC. */
export function hitLine(stored: StoredHit, options: { readonly colours: boolean; readonly withId: boolean }): string {
  const { hit, state, verdict } = stored;
  const { observation, plate, list, entry, node } = hit.data;
  const word = state === 'closed' && verdict ? verdict.verdict : state;
  const cells = [
    observation.lastSeen.slice(0, 19).replace('T', ' '),
    plate.listed.padEnd(10),
    (plate.listedCountry ?? plate.country ?? '-').padEnd(3),
    `${entry.action}${entry.priority === 1 ? '!' : ''}`.padEnd(15),
    word.padEnd(11),
    `${list.authority}/${list.id}`.padEnd(26),
    `${node} ${observation.camera}`,
  ];
  const line = `${options.withId ? `${hit.id}  ` : ''}${cells.join(' ')}`;
  return options.colours ? `\u001b[${stateCodes[state]}m${line}\u001b[0m` : line;
}

/** What became of a hit, as lines for below its card. */
export function stateLines({ state, seen, dispatched, verdict, withdrawn }: StoredHit): readonly string[] {
  const mark = (one: { readonly by: string; readonly atMs: number }): string => `${one.by}, ${timeOf(one.atMs)}`;
  const rows: readonly (readonly [string, string | null])[] = [
    ['state', state],
    ['seen', seen && mark(seen)],
    ['sent', dispatched && mark(dispatched)],
    ['verdict', verdict && `${verdict.verdict}${verdict.note ? `: ${verdict.note}` : ''} · ${mark(verdict)}`],
    ['taken back', withdrawn && `${withdrawn.reason} · ${timeOf(withdrawn.atMs)}`],
  ];
  return rows.filter(([, text]) => text !== null).map(([label, text]) => `  ${label.padEnd(8)} ${text}`);
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
