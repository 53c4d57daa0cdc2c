import type { Luma } from './luma.ts';
import { rasteriseSvg } from './picture/rasterise-svg.ts';
import { captionPath } from './picture/stroke-letters.ts';

const strokes = 'fill="none" stroke="#111" stroke-width="11" stroke-linecap="round" stroke-linejoin="round"';
const ground =
  '<rect width="520" height="110" rx="8" fill="#111"/><rect x="4" y="4" width="512" height="102" rx="6" fill="#eee"/>';

/** A plain plate of 520 x 110 units with a blue band, drawn at a place of a picture; letters are of straight strokes. */
export function plateSvg(text: string, place: readonly [number, number], widthPx: number): string {
  const letters = captionPath(text, [62, 26], 58);
  const band = '<rect x="4" y="4" width="40" height="102" fill="#139"/>';
  return placed(`${ground}${band}<path d="${letters}" ${strokes}/>`, place, widthPx);
}

/** A plate on a dark car that looks the same from left to right and from top to bottom: nothing on it draws an outline to one side. */
export function evenPlateSvg(place: readonly [number, number], widthPx: number): string {
  const half = captionPath('HOX', [62, 26], 58);
  const car = '<rect x="-300" y="-300" width="1120" height="710" fill="#333"/>';
  const letters = `<path d="${half}" ${strokes}/><path d="${half}" transform="translate(520 0) scale(-1 1)" ${strokes}/>`;
  return placed(`${car}${ground}${letters}`, place, widthPx);
}

function placed(plate: string, [x, y]: readonly [number, number], widthPx: number): string {
  return `<g transform="translate(${x} ${y}) scale(${widthPx / 520})">${plate}</g>`;
}

/** The luminance of an SVG drawing on mid grey. */
export async function drawn(svg: string, widthPx: number, heightPx: number): Promise<Luma> {
  const { data } = await rasteriseSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}"><rect width="${widthPx}" height="${heightPx}" fill="#556"/>${svg}</svg>`,
  );
  const luma = new Uint8Array(widthPx * heightPx);
  for (let i = 0; i < luma.length; i++) {
    luma[i] = 0.299 * (data[4 * i] ?? 0) + 0.587 * (data[4 * i + 1] ?? 0) + 0.114 * (data[4 * i + 2] ?? 0);
  }
  return { data: luma, widthPx, heightPx, strideBytes: widthPx };
}
