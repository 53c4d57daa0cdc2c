import { mayLoad, type PolicyList } from '../../../config/jurisdictions/policy.ts';
import { type Country, loadProfile } from '../../../config/jurisdictions/profile.ts';
import type { Area } from '../../lists/area.ts';
import type { PublicNodeKey } from '../../lists/sealing/node-key.ts';

const countries: readonly Country[] = ['NL', 'BE', 'FR', 'LU'];

/** What nodes in these countries would answer to a list that their country's law does not let them load. */
export function objectionsOfLaw(list: PolicyList, inCountries: Iterable<string>): string[] {
  return [...new Set(inCountries)].filter(isCountry).flatMap((country) => {
    const verdict = mayLoad(loadProfile(country), list);
    return verdict.allowed ? [] : [`nodes in ${country} will refuse this list: ${verdict.reason}`];
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
