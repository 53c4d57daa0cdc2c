import { mayLoad, type PolicyList } from '../../../config/jurisdictions/policy.ts';
import { type Country, loadProfile } from '../../../config/jurisdictions/profile.ts';
import type { Area } from '../../lists/area.ts';
import type { PublicNodeKey } from '../../lists/sealing/node-key.ts';

const countries: readonly Country[] = ['NL', 'BE', 'FR', 'LU'];

/** A list with its own action, and the actions and purposes that it or an entry asks for. */
interface AskedOfNodes extends PolicyList {
  readonly action: string;
  readonly purposes?: readonly string[];
}

/** What nodes in these countries would answer to a list that their country's law does not let them load. */
export function objectionsOfLaw({ action, purposes, ...list }: AskedOfNodes, inCountries: Iterable<string>): string[] {
  return [...new Set(inCountries)].filter(isCountry).flatMap((country) => {
    const profile = loadProfile(country);
    const whole = mayLoad(profile, { ...list, actions: [action] });
    if (!whole.allowed) return [`nodes in ${country} will refuse this list: ${whole.reason}`];
    const entries = (purposes ?? [list.purpose]).map((purpose) => mayLoad(profile, { ...list, purpose }));
    const refused = entries.find((verdict) => !verdict.allowed);
    return refused === undefined ? [] : [`nodes in ${country} will not report some entries: ${refused.reason}`];
  });
}

/** Where a list goes: the countries of its nodes, of its area, or where neither is known all in which plates may be read. */
export function countriesOf(area: Area | null, nodes: readonly PublicNodeKey[] | null): readonly string[] {
  if (nodes !== null) return nodes.map(({ country }) => country);
  if (area?.countries !== undefined) return area.countries;
  return area === null ? countries.filter((country) => loadProfile(country).reading.value) : [];
}

function isCountry(text: string): text is Country {
  return (countries as readonly string[]).includes(text);
}
