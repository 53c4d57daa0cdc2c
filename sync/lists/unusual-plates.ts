/**
 * What no series of the tables explains: personal, diplomatic, military, trade, historic and new plates, and mistakes of the tables. Most
 * are words, or letters and digits in one to three groups; a few look like some country's series, as all plates of countries without
 * a table do. The shares are estimates: nobody publishes them.
 */
const SERIES_LIKE = 0.03;
/** How many groups of letters or of digits a plate has that is like no series, and the lengths that each of so many may have. */
const GROUPS = [
  { part: 0.15, shortest: 3, longest: 8 },
  { part: 0.75, shortest: 1, longest: 4 },
  { part: 0.1, shortest: 1, longest: 3 },
] as const;
/** Without I and O, which most offices avoid: what looks like one is a digit. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const ALL_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';

/** How probable it is that a plate beyond the series carries exactly this text (in its look-up form), in a country that has series or not. */
export function unusualDensity(folded: string, hasSeries: boolean): number {
  const seriesLike = seriesLikeDensity(folded.length);
  return hasSeries ? (1 - SERIES_LIKE) * groupedDensity(folded) + SERIES_LIKE * seriesLike : seriesLike;
}

/** Such a plate at random, as it is laid out. */
export function unusualPlate(random: () => number, hasSeries: boolean): string {
  return hasSeries && random() >= SERIES_LIKE ? groupedPlate(random) : seriesLikePlate(random);
}

/** As many countries' series are: letters, digits, letters. */
function seriesLikePlate(random: () => number): string {
  const group = (of: string, least: number, most: number) =>
    groupOf(of, least + Math.floor(random() * (most - least + 1)), random);
  return `${group(ALL_LETTERS, 1, 3)}-${group(DIGITS, 3, 4)}-${group(ALL_LETTERS, 1, 2)}`;
}

/** Such a plate is as good as one of 16 characters in each place, of one of eight lengths; what is shorter is no rarer than five. */
function seriesLikeDensity(length: number): number {
  return 16 ** -Math.max(5, length) / 8;
}

function groupedPlate(random: () => number): string {
  const { groups, shortest, longest } = picked(random());
  const lettersFirst = random() < 0.5;
  const dash = random() < 0.5 ? '-' : '';
  return Array.from({ length: groups }, (_, at) => {
    const length = shortest + Math.floor(random() * (longest - shortest + 1));
    return groupOf((at % 2 === 0) === lettersFirst ? LETTERS : DIGITS, length, random);
  }).join(dash);
}

function groupedDensity(folded: string): number {
  const runs = folded.match(/[A-Z]+|[0-9]+/g) ?? [];
  const one = GROUPS[runs.length - 1];
  if (one === undefined || runs.some(({ length }) => length < one.shortest || length > one.longest)) return 0;
  const choices = one.longest - one.shortest + 1;
  return runs.reduce((density, run) => (density * characterShare(run) ** run.length) / choices, one.part / 2);
}

function characterShare(run: string): number {
  return 1 / (run < 'A' ? DIGITS : LETTERS).length;
}

function picked(share: number): (typeof GROUPS)[number] & { readonly groups: number } {
  let left = share;
  for (const [at, one] of GROUPS.entries()) {
    left -= one.part;
    if (left < 0 || at === GROUPS.length - 1) return { ...one, groups: at + 1 };
  }
  throw new RangeError('no groups to pick from');
}

function groupOf(characters: string, length: number, random: () => number): string {
  return Array.from({ length }, () => characters[Math.floor(random() * characters.length)]).join('');
}
