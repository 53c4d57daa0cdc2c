/** One line of a plot: points from left to right. */
export interface PlotLine {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A plot with both axes from 0 to 1 in the drawing; labels say what the places mean. */
export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Where along an axis (0 to 1) a tick stands and what it says. */
  readonly xTicks: readonly (readonly [at: number, label: string])[];
  readonly yTicks: readonly (readonly [at: number, label: string])[];
  readonly lines: readonly PlotLine[];
  /** Vertical marks with what they say. */
  readonly marks?: readonly (readonly [at: number, label: string])[];
}

const WIDTH = 560;
const HEIGHT = 320;
const LEFT = 60;
const TOP = 34;
const RIGHT = 16;
const BOTTOM = 50;
const COLOURS = ['#0b5cad', '#c2410c', '#15803d', '#7e22ce'];

/** The plot as a picture for people, in SVG. */
export function plotSvg({ title, xLabel, yLabel, xTicks, yTicks, lines, marks = [] }: Plot): string {
  const x = (at: number) => (LEFT + at * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (at: number) => (HEIGHT - BOTTOM - at * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(x(0.5), '20', 'middle', title, ' font-size="14" font-weight="bold"'),
    ...xTicks.map(
      ([at, label]) =>
        `<path d="M${x(at)} ${y(0)}V${y(1)}" stroke="#e5e7eb"/>${text(x(at), String(HEIGHT - BOTTOM + 16), 'middle', label)}`,
    ),
    ...yTicks.map(
      ([at, label]) =>
        `<path d="M${x(0)} ${y(at)}H${x(1)}" stroke="#e5e7eb"/>${text(x(-0.012), y(at - 0.015), 'end', label)}`,
    ),
    `<path d="M${x(0)} ${y(1)}V${y(0)}H${x(1)}" fill="none" stroke="#111"/>`,
    text(x(0.5), String(HEIGHT - 12), 'middle', xLabel),
    text('16', y(0.5), 'middle', yLabel, ` transform="rotate(-90 16 ${y(0.5)})"`),
    ...marks.map(
      ([at, label]) =>
        `<path d="M${x(at)} ${y(0)}V${y(1)}" stroke="#6b7280" stroke-dasharray="4 3"/>${text(x(at + 0.01), y(0.04), 'start', label, ' fill="#6b7280"')}`,
    ),
    ...lines.flatMap(({ name, points }, index) => lineParts(name, points, index, x, y)),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function lineParts(
  name: string,
  points: PlotLine['points'],
  index: number,
  x: (at: number) => string,
  y: (at: number) => string,
): readonly string[] {
  const colour = COLOURS[index % COLOURS.length] ?? '#000';
  const path = points.map(([px, py], at) => `${at === 0 ? 'M' : 'L'}${x(px)} ${y(py)}`).join('');
  return [
    `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...points.map(([px, py]) => `<circle cx="${x(px)}" cy="${y(py)}" r="3" fill="${colour}"/>`),
    text(x(0.99), y(0.94 - index * 0.07), 'end', name, ` fill="${colour}"`),
  ];
}

function text(x: string, y: string, anchor: string, content: string, more = ''): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  return `<text x="${x}" y="${y}" text-anchor="${anchor}"${more}>${escaped}</text>`;
}
