import { fold } from '../../../../config/foundation/fold.ts';

/** The ways in which other systems compare one text with a list, to stand beside the node's own. */
export const simpleRules = ['exact', 'confusable', 'edit1'] as const;
export type SimpleRule = (typeof simpleRules)[number];

/** Characters that are commonly taken for one another; O and 0, I and 1 are one for every rule here, as in the node's look-up. */
const confusables = ['0DQ', '1L7T', '2Z', '3B8', '5S', '6G', '8B', 'CG', 'EF', 'HMN', 'MNW', 'UV', 'VY', 'PR', 'KX'];
const alphabet = [...'0123456789ABCDEFGHJKLMNPQRSTUVWXYZ'];
const alike = new Map(
  alphabet.map((character) => {
    const groups = confusables.filter((group) => group.includes(character));
    return [character, [...new Set(groups.join(''))].filter((other) => other !== character)] as const;
  }),
);

/** Every listed text (in look-up form) that the rule takes for the text that was read. */
export function acceptedBy(rule: SimpleRule, text: string): readonly string[] {
  const folded = fold(text);
  if (rule === 'exact') return [folded];
  const accepted = new Set([folded]);
  for (let at = 0; at < folded.length; at += 1) {
    const others = rule === 'confusable' ? (alike.get(folded.charAt(at)) ?? []) : alphabet;
    for (const other of others) accepted.add(folded.slice(0, at) + other + folded.slice(at + 1));
  }
  if (rule === 'edit1') {
    for (let at = 0; at <= folded.length; at += 1) {
      if (at < folded.length) accepted.add(folded.slice(0, at) + folded.slice(at + 1));
      for (const other of alphabet) accepted.add(folded.slice(0, at) + other + folded.slice(at));
    }
  }
  return [...accepted];
}
