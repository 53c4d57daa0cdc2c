import type { ListEntry } from '../../sync/lists/entry.ts';
import type { ListDescription } from '../../sync/lists/list-description.ts';
import type { DemoVehicle } from './sequence.ts';

/** The authority of the demo's black list: no real one. */
export const DEMO_AUTHORITY = 'NL-DEMO';

/**
 * What the demo's list says of itself. Its base rate is as the demo is (one vehicle in four is listed), so that its
 * hits are judged by the same arithmetic as on a road, where it is one in a hundred thousand.
 */
export const demoListDescription: ListDescription = {
  authority: DEMO_AUTHORITY,
  list: 'stolen-vehicles',
  title: 'Stolen vehicles (demo)',
  purpose: 'stolen-vehicle',
  legalBasis: 'invented for the demo',
  protocol: 'invented for the demo',
  recipients: ['demo-centre'],
  action: 'stop',
  priority: 2,
  respondWithinMinutes: 15,
  area: null,
  expectedGenuinePerMillion: 250_000,
  falseHitsPerMillion: { confirmed: 1_000, verify: 20_000 },
  validity: { days: 1 },
};

/** Which vehicles of the script are wanted, each with an opaque reference. */
export function demoListEntries(vehicles: readonly DemoVehicle[]): readonly ListEntry[] {
  return vehicles
    .filter(({ listed }) => listed)
    .map(({ text, country }, index) => ({ text, country, reference: `DEMO-${String(index + 1).padStart(4, '0')}` }));
}

/** The same entries as `anpr-central list build` takes them; the header names the columns. */
export function demoListCsv(vehicles: readonly DemoVehicle[]): string {
  const rows = demoListEntries(vehicles).map(({ text, country, reference }) => `${text},${country},${reference}`);
  return `${['plate,country,reference', ...rows].join('\n')}\n`;
}
