import { type HealthLevel, healthOf, overall, type Verdict } from '../../health/health.ts';
import { span } from '../../health/span.ts';
import type { LookingCommand } from '../console-command.ts';
import { wrapped } from '../text-table.ts';

const marks: Readonly<Record<HealthLevel, string>> = { ok: 'ok', unknown: '?', warn: 'WARN', fail: 'FAIL' };

/** One screen: is this box healthy, and if not, which part is to blame and what to do. */
export const status: LookingCommand = {
  name: 'status',
  summary: 'is this box healthy, and if not, what is to blame and what to do',
  run(_words, node) {
    const facts = node.facts();
    const verdicts = healthOf(facts);
    return [headline(verdicts), `Up for ${span(facts.uptimeMs)}.`, '', ...verdicts.flatMap(verdictLines)];
  },
};

function headline(verdicts: readonly Verdict[]): string {
  const level = overall(verdicts);
  if (level === 'ok') return 'This node is healthy.';
  const blamed = verdicts.filter((verdict) => verdict.level === level).map((verdict) => verdict.part);
  return level === 'fail' ? `FAIL: ${blamed.join(', ')}` : `Working, with warnings: ${blamed.join(', ')}`;
}

function verdictLines({ part, level, cause, advice }: Verdict): readonly string[] {
  const prefix = `${part.padEnd(8)} ${marks[level].padEnd(4)}  `;
  return [...wrapped(cause, prefix), ...(advice === '' ? [] : wrapped(advice, `${' '.repeat(prefix.length)}-> `))];
}
