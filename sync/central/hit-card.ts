import type { Hit } from '../uplink/hit.ts';

const width = 72;

/** A hit as lines for a terminal. `colours` adds emphasis; the words alone say everything. */
export function hitCard(hit: Hit, options: { readonly colours: boolean }): readonly string[] {
  const { observation, plate, list, entry } = hit.data;
  const paint = options.colours ? styled : plain;
  const head = ` HIT · ${hit.data.grade === 'confirmed' ? 'confirmed' : 'to verify: look at the picture first'} `;
  const rows: readonly (readonly [label: string, text: string])[] = [
    ['plate', `${paint('1', plate.listed)}${inBrackets(plate.listedCountry)} listed`],
    ['read as', `${plate.read.text} ${percent(plate.read.probability)}${readCountry(hit)}${runnerUp(hit)}`],
    ['match', `${percent(plate.matchProbability)} that it is the listed vehicle`],
    [
      'asked',
      `${paint('1', entry.action)} · priority ${entry.priority}${entry.answerBy ? ` · answer by ${entry.answerBy}` : ''}`,
    ],
    ['for', `${entry.purpose} · ${entry.legalBasis} · to ${entry.recipients.join(', ') || 'nobody named'}`],
    ['list', `${list.authority}/${list.id} version ${list.version}, ${age(list.ageSeconds)} old`],
    ['entry', entry.reference],
    [
      'where',
      `${hit.data.site} · node ${hit.data.node} · camera ${observation.camera}${lane(hit)} · ${observation.direction}`,
    ],
    ['when', `${observation.lastSeen}${observation.clock.synchronised ? '' : ' (clock not synchronised)'}`],
    ['id', hit.id],
  ];
  const rule = '━'.repeat(Math.max(0, width - head.length - 2));
  return [
    paint(hit.data.grade === 'confirmed' ? '1;31' : '1;33', `━━${head}${rule}`),
    ...rows.map(([label, text]) => `  ${paint('2', label.padEnd(8))} ${text}`),
  ];
}

/** Above the picture of a hit, which arrives after its card. */
export function pictureCaption(hit: Hit, kind: string): string {
  return `  ${kind} picture of ${hit.data.plate.listed}, camera ${hit.data.observation.camera}, hit ${hit.id}`;
}

function percent(probability: number): string {
  return `${(Math.floor(probability * 1000) / 10).toFixed(1)} %`;
}

function readCountry(hit: Hit): string {
  const { country, countryProbability } = hit.data.plate;
  return country === null || countryProbability === null ? '' : ` · ${country} ${percent(countryProbability)}`;
}

function runnerUp(hit: Hit): string {
  const second = hit.data.plate.runnerUp;
  return second === null ? '' : ` · or ${second.text} ${percent(second.probability)}`;
}

function lane(hit: Hit): string {
  return hit.data.observation.lane === null ? '' : ` · lane ${hit.data.observation.lane}`;
}

function inBrackets(text: string | null): string {
  return text === null ? '' : ` (${text})`;
}

function age(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}

function styled(code: string, text: string): string {
  return `\u001b[${code}m${text}\u001b[0m`;
}

function plain(_code: string, text: string): string {
  return text;
}
