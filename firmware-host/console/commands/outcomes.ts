import type { VerdictCount } from '../../../sync/uplink/verdict-counts.ts';
import type { LookingCommand } from '../console-command.ts';
import { textTable, wrapped } from '../text-table.ts';

const columns: readonly (readonly [VerdictCount['word'], string])[] = [
  ['seen', 'SEEN'],
  ['dispatched', 'SENT OUT'],
  ['confirmed', 'CONFIRMED'],
  ['misread', 'MISREAD'],
  ['stale-entry', 'STALE'],
  ['other', 'OTHER'],
];
const judged: readonly VerdictCount['word'][] = ['confirmed', 'misread', 'stale-entry', 'other'];
/** Fewer verdicts than this say nothing of a camera. */
const fewestJudged = 4;
const tooMany = 0.2;

/** What officers found of this node's hits, in counts: a camera that misreads shows here. */
export const outcomes: LookingCommand = {
  name: 'outcomes',
  summary: 'what officers said of hits, counted by list and camera',
  run(_words, node) {
    const counts = node.facts().verdicts;
    if (counts.length === 0) return ['The centre has said nothing of this node’s hits yet.'];
    const rows = [...grouped(counts, ({ authority, list, camera }) => `${authority}/${list} ${camera}`)];
    return [
      ...textTable([
        ['LIST', 'CAMERA', ...columns.map(([, heading]) => heading)],
        ...rows.map(([name, some]) => [...name.split(' '), ...columns.map(([word]) => String(total(some, [word])))]),
      ]),
      ...[...grouped(counts, ({ camera }) => camera)].flatMap(([camera, some]) => misreading(camera, some)),
    ];
  },
};

function misreading(camera: string, counts: readonly VerdictCount[]): readonly string[] {
  const [misread, all] = [total(counts, ['misread']), total(counts, judged)];
  if (all < fewestJudged || misread < all * tooMany) return [];
  return wrapped(`${camera} misreads: ${misread} of ${all} verdicts; see its aim and sharpness`, '-> ');
}

function grouped(counts: readonly VerdictCount[], by: (count: VerdictCount) => string) {
  const groups = new Map<string, VerdictCount[]>();
  for (const count of counts) groups.set(by(count), [...(groups.get(by(count)) ?? []), count]);
  return groups;
}

function total(counts: readonly VerdictCount[], words: readonly VerdictCount['word'][]): number {
  return counts.filter(({ word }) => words.includes(word)).reduce((sum, { count }) => sum + count, 0);
}
