import { escapeHtml } from './escape-html.ts';
import { countText } from './words.ts';

const width = 760;

export interface Bar {
  readonly label: string;
  /** From left to right; each has its class for colour and its words for the reader. */
  readonly parts: readonly { readonly value: number; readonly style: string; readonly title: string }[];
}

/** Bars that lie, one a line, with their sums: for names of any length. */
export function barsLying(bars: readonly Bar[]): string {
  const [labelWidth, barHeight, gap] = [230, 18, 8];
  const most = Math.max(1, ...bars.map(total));
  const scale = (width - labelWidth - 80) / most;
  const rows = bars.map((bar, at) => {
    const y = at * (barHeight + gap);
    let x = labelWidth;
    const parts = bar.parts.map(({ value, style, title }) => {
      const w = value * scale;
      const rect = `<rect class="${style}" x="${round(x)}" y="${y}" width="${round(w)}" height="${barHeight}"><title>${escapeHtml(title)}: ${countText(value)}</title></rect>`;
      x += w;
      return value > 0 ? rect : '';
    });
    const label = `<text x="${labelWidth - 8}" y="${y + 13}" text-anchor="end">${escapeHtml(cut(bar.label))}</text>`;
    return `${label}${parts.join('')}<text x="${round(x + 6)}" y="${y + 13}">${countText(total(bar))}</text>`;
  });
  return svg(bars.length * (barHeight + gap), rows.join(''));
}

/** Bars that stand, for what follows in time or in steps. */
export function barsStanding(bars: readonly Bar[], height = 190): string {
  const [top, bottom] = [18, 24];
  const most = Math.max(1, ...bars.map(total));
  const step = width / Math.max(1, bars.length);
  const drawn = bars.map((bar, at) => {
    const x = at * step + step * 0.15;
    let y = height - bottom;
    const parts = bar.parts.map(({ value, style, title }) => {
      const h = (value / most) * (height - top - bottom);
      y -= h;
      return `<rect class="${style}" x="${round(x)}" y="${round(y)}" width="${round(step * 0.7)}" height="${round(h)}"><title>${escapeHtml(title)}: ${countText(value)}</title></rect>`;
    });
    const middle = round(at * step + step / 2);
    const sum = `<text x="${middle}" y="${round(y - 4)}" text-anchor="middle">${countText(total(bar))}</text>`;
    return `${parts.join('')}${sum}<text x="${middle}" y="${height - 8}" text-anchor="middle">${escapeHtml(bar.label)}</text>`;
  });
  const axis = `<line x1="0" x2="${width}" y1="${height - bottom}" y2="${height - bottom}"/>`;
  return svg(height, axis + drawn.join(''));
}

function svg(height: number, content: string): string {
  return `<svg viewBox="0 0 ${width} ${Math.max(1, height)}" role="img">${content}</svg>`;
}

function total(bar: Bar): number {
  return bar.parts.reduce((all, { value }) => all + value, 0);
}

function cut(text: string): string {
  return text.length > 34 ? `${text.slice(0, 33)}…` : text;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
