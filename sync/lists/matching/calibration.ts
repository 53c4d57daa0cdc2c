import { z } from 'zod';
import shipped from './calibration.json' with { type: 'json' };

const positive = z.number().positive();
const temperature = z.number().min(0.5).max(5);
const small = z.number().min(1e-9).max(0.1);

export const calibrationSchema = z.strictObject({
  /** Probabilities of spellings are raised to 1 / temperature: above 1, readings were too sure of themselves. */
  spellingTemperature: temperature,
  /** However sure a reading is, this much (before the temperature) is left to plates that it does not name. */
  leastUnnamed: small,
  /** The same for countries. */
  countryTemperature: temperature,
  leastCountry: small,
  /** How dense the texts that a reading does not name are, against its country's plates: most of them are nobody's. */
  unnamedDensity: z.number().min(0.001).max(1),
  /** False hits below are so many times what the readings brought: on readings that were not fitted it may be more. */
  caution: z.number().min(1).max(10),
  /**
   * [strength, false hits]: when every match of at least this strength were a hit, how many false hits a passage brings on average
   * for each entry of a list that is drawn from the traffic. Strength grows, false hits fall.
   */
  falsePerEntry: z
    .array(z.tuple([positive, positive]).readonly())
    .min(2)
    .max(100)
    .refine(isFalling, 'strengths must grow and false hits fall')
    .readonly(),
  /** Which readings these are from. */
  fittedOn: z.string().max(500),
});

/** How far readings may be trusted, measured on recorded readings by `anpr-node evaluate --lists --fit-matching`. */
export type Calibration = Readonly<z.infer<typeof calibrationSchema>>;

/** That of the models that ship with the program. */
export const shippedCalibration: Calibration = calibrationSchema.parse(shipped);

/** The least strength at which hits cost a list no more than so many false hits for each of its entries and passages. */
export function leastStrength({ falsePerEntry: curve }: Calibration, falsePerEntry: number): number {
  const [weakest] = curve;
  const strongest = curve.at(-1);
  if (weakest === undefined || strongest === undefined) return Number.POSITIVE_INFINITY;
  if (falsePerEntry >= weakest[1]) return weakest[0];
  // Beyond what was measured: at odds of strength x density, false hits shrink at least as strength grows.
  if (falsePerEntry <= strongest[1]) return (strongest[0] * strongest[1]) / falsePerEntry;
  const upper = curve.findIndex(([, cost]) => cost <= falsePerEntry);
  const [strengthBelow, costBelow] = curve[upper - 1] ?? weakest;
  const [strengthAbove, costAbove] = curve[upper] ?? strongest;
  const part = Math.log(costBelow / falsePerEntry) / Math.log(costBelow / costAbove);
  return strengthBelow * (strengthAbove / strengthBelow) ** part;
}

function isFalling(curve: readonly (readonly [number, number])[]): boolean {
  return curve.every(([strength, cost], at) => {
    const before = curve[at - 1];
    return before === undefined || (strength > before[0] && cost < before[1]);
  });
}
