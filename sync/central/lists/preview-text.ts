import { shippedCalibration } from '../../lists/matching/calibration.ts';
import { leastShare, type Misread } from './misreads.ts';
import type { EntryPreview, ListPreview } from './preview.ts';
import { grouped } from './progress.ts';

const misreadsShown = 12;

/** The preview of a list for an officer. */
export function previewText({ passagesADay, genuineADay, budgetADay, ...of }: ListPreview): string {
  const row = (what: string, grade: 'confirmed' | 'verify'): string =>
    `  ${what.padEnd(26)} ${`held to ${rate(of.falseADay[grade])}`.padStart(24)} (${rate(of.fittedFalseADay[grade])} on the readings it was fitted on)`;
  return [
    `at a node that ${grouped(passagesADay)} vehicles pass in a day (--passages-a-day):`,
    `  ${'genuine hits, as declared'.padEnd(26)} ${rate(genuineADay).padStart(24)}`,
    row('false hits, confirmed', 'confirmed'),
    row('false hits, to verify', 'verify'),
    `  ${'the budget bears'.padEnd(26)} ${rate(budgetADay.confirmed).padStart(24)} confirmed, ${rate(budgetADay.verify)} in all`,
    `  thresholds allow for ${shippedCalibration.caution.toFixed(2)} times what the readings brought that they were fitted on; on rendered`,
    '  passages that were not fitted, what is declared was kept to within a factor of two, and a road may differ from both',
  ].join('\n');
}

/** Which misreads of an entry would be accepted. */
export function entryPreviewText({ entry, countryProblem, read, misreads }: EntryPreview): string {
  const { text, country } = entry;
  const possible = misreads.filter((one) => one.verifyFrom !== null);
  const shown = [...possible].slice(0, misreadsShown);
  const unsaid = possible.length - shown.length;
  return [
    `${text} (${country ?? 'any country'}): how much of it a reading must hold for a hit`,
    ...(countryProblem === null
      ? []
      : [`  no reading names ${country}, so there is hardly a hit (${countryProblem}); build the list anew`]),
    `  ${'beside'.padEnd(16)} ${'to verify'.padStart(12)} ${'confirmed'.padStart(12)}`,
    line('no other plate', read),
    ...shown.map((one) => line(one.text, one)),
    ...(unsaid > 0 ? [`  and ${unsaid} further plates of one confusable character`] : []),
  ].join('\n');
}

function line(beside: string, { verifyFrom, confirmedFrom }: Misread): string {
  return `  ${beside.padEnd(16)} ${share(verifyFrom).padStart(12)} ${share(confirmedFrom).padStart(12)}`;
}

function share(probability: number | null): string {
  if (probability === null) return 'never';
  return probability <= leastShare ? 'any trace' : `from ${Number((probability * 100).toPrecision(2))} %`;
}

/** So many a day, or where that is rare one in so many days. */
function rate(aDay: number): string {
  if (aDay >= 1) return `${aDay.toFixed(1)} a day`;
  const days = 1 / aDay;
  if (days > 3_650) return 'less than 1 in 10 years';
  return days > 730 ? `1 in ${Math.round(days / 365)} years` : `1 in ${Number(days.toPrecision(2))} days`;
}
