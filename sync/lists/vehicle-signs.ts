/**
 * The sign of a country or territory near by, its code by ISO 3166-1 (alpha-2; Kosovo's is one that ISO leaves to its users), further codes that
 * are written in its place by mistake, and its name.
 */
type NearSign = readonly [sign: string, iso: string, mistaken: string, name: string];

/**
 * Distinguishing signs of vehicles in international traffic, as notified to the Secretary-General of the United Nations under the conventions
 * on road traffic of 1949 and 1968 (UNECE, "Distinguishing Signs Used on Vehicles in International Traffic"); RKS and GBZ stand on plates
 * without having been notified. Here are those whose plates have a syntax in recognizer/syntax/countries.
 *
 * The United Kingdom has been UK since 2021. Most of its plates still say GB, and so does whatever reads them.
 */
const near: readonly NearSign[] = [
  ['A', 'AT', 'AUT', 'Austria'],
  ['AL', 'AL', 'ALB', 'Albania'],
  ['AND', 'AD', '', 'Andorra'],
  ['B', 'BE', 'BEL', 'Belgium'],
  ['BG', 'BG', 'BGR', 'Bulgaria'],
  ['BIH', 'BA', '', 'Bosnia and Herzegovina'],
  ['BY', 'BY', 'BLR', 'Belarus'],
  ['CH', 'CH', 'CHE', 'Switzerland'],
  ['CY', 'CY', 'CYP', 'Cyprus'],
  ['CZ', 'CZ', 'CZE', 'Czechia'],
  ['D', 'DE', 'DEU', 'Germany'],
  ['DK', 'DK', 'DNK', 'Denmark'],
  ['E', 'ES', 'ESP', 'Spain'],
  ['EST', 'EE', '', 'Estonia'],
  ['F', 'FR', 'FRA', 'France'],
  ['FIN', 'FI', '', 'Finland'],
  ['FL', 'LI', 'LIE', 'Liechtenstein'],
  ['FO', 'FO', 'FRO', 'the Faroe Islands'],
  ['GB', 'GB', 'UK GBR', 'the United Kingdom'],
  ['GBG', 'GG', 'GGY', 'Guernsey'],
  ['GBJ', 'JE', 'JEY', 'Jersey'],
  ['GBM', 'IM', 'IMN', 'the Isle of Man'],
  ['GBZ', 'GI', 'GIB', 'Gibraltar'],
  ['GR', 'GR', 'EL GRC', 'Greece'],
  ['H', 'HU', 'HUN', 'Hungary'],
  ['HR', 'HR', 'HRV', 'Croatia'],
  ['I', 'IT', 'ITA', 'Italy'],
  ['IRL', 'IE', '', 'Ireland'],
  ['IS', 'IS', 'ISL', 'Iceland'],
  ['L', 'LU', 'LUX', 'Luxembourg'],
  ['LT', 'LT', 'LTU', 'Lithuania'],
  ['LV', 'LV', 'LVA', 'Latvia'],
  ['M', 'MT', 'MLT', 'Malta'],
  ['MC', 'MC', 'MCO', 'Monaco'],
  ['MD', 'MD', 'MDA', 'Moldova'],
  ['MNE', 'ME', '', 'Montenegro'],
  ['N', 'NO', 'NOR', 'Norway'],
  ['NL', 'NL', 'NLD', 'the Netherlands'],
  ['NMK', 'MK', 'MKD', 'North Macedonia'],
  ['P', 'PT', 'PRT', 'Portugal'],
  ['PL', 'PL', 'POL', 'Poland'],
  ['RKS', 'XK', 'XKX', 'Kosovo'],
  ['RO', 'RO', 'ROU', 'Romania'],
  ['RSM', 'SM', 'SMR', 'San Marino'],
  ['RUS', 'RU', '', 'Russia'],
  ['S', 'SE', 'SWE', 'Sweden'],
  ['SK', 'SK', 'SVK', 'Slovakia'],
  ['SLO', 'SI', 'SVN', 'Slovenia'],
  ['SRB', 'RS', '', 'Serbia'],
  ['TR', 'TR', 'TUR', 'Turkey'],
  ['UA', 'UA', 'UKR', 'Ukraine'],
  ['V', 'VA', 'VAT', 'the Vatican'],
];

/**
 * The signs of the rest of the world, from the same source; the last two lines stand on plates without having been notified, or in place
 * of the sign that was. ES, ROU and RU are left out: on these roads they are what ISO calls Spain, Romania and Russia, and no vehicles of El
 * Salvador, Uruguay and Burundi.
 */
const far = `
  AM AUS AZ BD BDS BH BR BRN BRU BS BUR BW CDN CI CL CR CU DOM DY DZ EAK EAT EAU EAZ EC ET FJI GBA GCA GE GH GUY HKJ IL IND IR J JA
  KG KH KWT KZ LAO LS MA MAL MEX MGL MS MW NA NAM NIC NZ PE PK PNG PY RA RC RCA RCB RCH RH RI RL RM RMM RN RNR ROK RP RWA SD SGP SME
  SN SY SYR T TG TJ TM TN TT USA UZ VN WAG WAL WAN WG WL WS WV YV ZA ZRE ZW
  AFG BOL CAM CGO ETH G HN IRQ KSA LAR LB MOC NEP OM PA Q RG RIM SO SUD TCH UAE YAR
  BF BZ C CO K MYA NAU NGR Z
`;

const signs: ReadonlySet<string> = new Set([...near.map(([sign]) => sign), ...far.trim().split(/\s+/)]);
const bySign: ReadonlyMap<string, NearSign> = new Map(near.map((one) => [one[0], one] as const));
const meant: ReadonlyMap<string, NearSign> = new Map(
  near.flatMap((one) => mistakenCodes(one).map((code) => [code, one] as const)),
);

/** Whether plates of some country or territory are marked so: NL, B, F, L, D. */
export function isVehicleSign(text: string): boolean {
  return signs.has(text);
}

/** The sign that somebody means who writes a country's ISO code in its place; null where no country near by has that code. */
export function signMeantBy(code: string): string | null {
  return meant.get(code)?.[0] ?? null;
}

/** The code by ISO 3166-1 (alpha-2) of a country near by, from its sign or what is written in its place; null for any other. */
export function isoCodeOf(text: string): string | null {
  return (bySign.get(text) ?? meant.get(text))?.[1] ?? null;
}

/** What is wrong with a country that a list names, in words that say how to write it; null for a sign. */
export function signProblem(text: string): string | null {
  if (isVehicleSign(text)) return null;
  const [sign, , , name] = meant.get(text) ?? [];
  // Its plates say UK since 2021, but the reader knows them by what the older ones say.
  if (sign === 'GB') return `${text}: readings name it GB; write GB`;
  if (sign !== undefined) return `${text}: plates of ${name} are written ${sign}`;
  return 'a country is written as on its plates, such as NL, B, F, L or D, or left empty';
}

function mistakenCodes([sign, iso, mistaken]: NearSign): string[] {
  return [iso, ...mistaken.split(' ')].filter((code) => code !== '' && code !== sign);
}
