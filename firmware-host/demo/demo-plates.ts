import type { PlateCountry } from './plate-layouts.ts';
import { pick, type Random } from './seeded-random.ts';

export type VehicleKind = 'car' | 'van' | 'truck';

/** Consonants that all of the countries issue: no words, no O and I beside 0 and 1. */
const LETTERS = [...'BDFGHJKLNPRSTVXZ'];
const LATE_LETTERS = [...'TVXZ'];

/**
 * An invented plate as it is printed, in a current national syntax. Series are taken from the end of the alphabet, which
 * is not issued yet in the Netherlands, Belgium and France, and from a German district that does not exist, so that the demo shows nobody's
 * car.
 */
export function inventPlate(country: PlateCountry, kind: VehicleKind, random: Random): string {
  const letter = (): string => pick(random, LETTERS);
  const late = (): string => pick(random, LATE_LETTERS);
  const digits = (count: number): string => Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
  switch (country) {
    case 'NL':
      if (kind === 'truck') return `${digits(2)}-B${late()}${letter()}-${digits(1)}`;
      if (kind === 'van') return `V${late()}${letter()}-${digits(2)}-${letter()}`;
      return random() < 0.5
        ? `${late()}${letter()}${letter()}-${digits(2)}-${letter()}`
        : `X-${digits(3)}-${late()}${letter()}`;
    case 'B':
      return `2-${late()}${letter()}${letter()}-${digits(3)}`;
    case 'F':
      return `${late()}${letter()}-${digits(3)}-${letter()}${letter()}`;
    case 'L':
      return `${late()}${letter()} ${digits(4)}`;
    case 'D':
      return `TX*${letter()}${letter()} ${1 + Math.floor(random() * 9)}${digits(2)}`;
  }
}

/** The plate as the node and the lists write it: A-Z and 0-9 only. */
export function canonicalText(printed: string): string {
  return printed.replace(/[^A-Z0-9]/g, '');
}
