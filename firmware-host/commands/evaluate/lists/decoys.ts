import { fold } from '../../../../config/foundation/fold.ts';
import {
  type Candidate,
  elsewhereName,
  posteriors,
  type ReadingEvidence,
  strengthOf,
} from '../../../../sync/lists/matching/posterior.ts';
import type { PlatePopulation } from '../../../../sync/lists/traffic/plate-population.ts';
import { plateNumber } from './decoy-lists.ts';

/** A plate that the vehicle does not carry but that the node might report if it were listed. */
export interface Decoy extends Candidate {
  readonly plate: number;
  readonly density: number;
  /** Its odds over its prior, when nothing else is listed. */
  readonly strength: number;
}

/** What is on a list of the largest size less often than this is not worth a look. */
const negligible = 1e-9;
/** Any list does: strength is what is left when its prior is taken away. */
const someList = { expectedGenuinePerMillion: 1, entries: 1_000_000 };

/** What a vehicle carries; null where nobody noted whose plate it is. */
export interface CarriedPlate {
  readonly text: string;
  readonly country: string | null;
}

/**
 * Whether this is the vehicle's own plate. One of no noted country may be any country's: what is true cannot be called false; one of a country
 * that the traffic does not name is one of its others.
 */
export function isCarried(
  { text, country }: CarriedPlate,
  folded: string,
  name: string,
  population: PlatePopulation,
): boolean {
  const noted = country === null || population.countries.includes(country) ? country : elsewhereName;
  return (noted === null || noted === name) && folded === fold(text);
}

/** Every plate of any country that the reading could be taken for, except the vehicle's own. */
export function decoysOf(carried: CarriedPlate, evidence: ReadingEvidence, entries: number): readonly Decoy[] {
  return [...evidence.shares.keys()].flatMap((met) =>
    evidence.population.countries.flatMap((name) => {
      if (isCarried(carried, met.folded, name, evidence.population)) return [];
      const density = evidence.population.density(met.folded, name);
      if (density * entries < negligible) return [];
      const entry = { text: met.spellings[0]?.text ?? met.folded, country: name, reference: 'decoy' };
      const [posterior = 0] = posteriors(evidence, [{ entry, met }], someList);
      const strength = strengthOf(posterior, someList);
      return { entry, met, plate: plateNumber(met.folded, name), density, strength };
    }),
  );
}
