import type { Rule, RuleFigures } from './list-measure.ts';

const size = { width: 760, height: 460, left: 70, right: 150, top: 30, bottom: 50 };
const colours: Readonly<Record<Rule, string>> = {
  exact: '#555555',
  confusable: '#b07d2b',
  edit1: '#a03030',
  confirmed: '#1f6f43',
  verify: '#2b5fa8',
};
const powers = Array.from({ length: 9 }, (_, n) => n - 2);

/** The curve as an SVG: recall of listed plates over false hits per million passages, a line for each rule through its list sizes. */
export function listPlot(figures: readonly RuleFigures[]): string {
  const lowest = Math.min(0.8, ...figures.map(({ recall }) => Math.floor(recall.value * 20) / 20));
  const x = (perMillion: number) => {
    const power = Math.min(6, Math.max(-2, Math.log10(Math.max(perMillion, 1e-9))));
    return size.left + ((power + 2) / 8) * (size.width - size.left - size.right);
  };
  const y = (recall: number) =>
    size.top + ((1 - Math.max(lowest, recall)) / (1 - lowest)) * (size.height - size.top - size.bottom);
  const bottom = size.height - size.bottom;
  const parts = [
    ...powers.flatMap((power) => [
      line(x(10 ** power), size.top, x(10 ** power), bottom),
      text(x(10 ** power), bottom + 18, label(power), 'middle'),
    ]),
    ...ticks(lowest).flatMap((recall) => [
      line(size.left, y(recall), size.width - size.right, y(recall)),
      text(size.left - 8, y(recall) + 4, `${Math.round(100 * recall)} %`, 'end'),
    ]),
    text(size.left, 18, 'listed vehicles that are reported', 'start'),
    text(size.width - size.right, size.height - 10, 'false hits per million passages', 'end'),
    ...[...new Set(figures.map(({ rule }) => rule))].map((rule) => curve(figures, rule, x, y)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#ffffff"/>
${parts.join('\n')}
</svg>
`;
}

function curve(
  figures: readonly RuleFigures[],
  rule: Rule,
  x: (perMillion: number) => number,
  y: (recall: number) => number,
): string {
  const points = figures
    .filter((one) => one.rule === rule)
    .toSorted((a, b) => a.entries - b.entries)
    .map((one) => ({ x: x(one.falsePerMillion.value), y: y(one.recall.value), entries: one.entries }));
  const colour = colours[rule];
  const path = points.map((point) => `${point.x.toFixed(1)},${point.y.toFixed(1)}`).join(' ');
  const dots = points.map(
    (point) =>
      `<circle cx="${point.x.toFixed(1)}" cy="${point.y.toFixed(1)}" r="3.5" fill="${colour}"><title>${rule}, ${point.entries} entries</title></circle>`,
  );
  const last = points.at(-1) ?? { x: 0, y: 0 };
  const name = `<text x="${(last.x + 8).toFixed(1)}" y="${(last.y + 4).toFixed(1)}" fill="${colour}">${rule}</text>`;
  return [`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>`, ...dots, name].join('\n');
}

function ticks(lowest: number): readonly number[] {
  const step = lowest >= 0.75 ? 0.05 : 0.1;
  return Array.from({ length: Math.floor((1 - lowest) / step + 1e-9) + 1 }, (_, n) => 1 - n * step);
}

function label(power: number): string {
  return power < 0 ? (10 ** power).toString() : (10 ** power).toLocaleString('en');
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  const [a, b, c, d] = [x1, y1, x2, y2].map((value) => value.toFixed(1));
  return `<line x1="${a}" y1="${b}" x2="${c}" y2="${d}" stroke="#dddddd"/>`;
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${content}</text>`;
}
