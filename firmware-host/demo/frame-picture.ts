import type { RgbaPicture } from '../../recognizer/picture/rasterise-svg.ts';
import type { PixelBox } from './vehicle-drawing.ts';

/** A picture being composed: three bytes a pixel, R, G, B. Writing beyond 0 to 255 clamps. */
export interface FramePicture {
  readonly data: Uint8ClampedArray;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Lays a drawing over the picture at its box. */
export function pasteOver(picture: FramePicture, drawing: RgbaPicture, { left, top }: PixelBox): void {
  const { data, widthPx } = picture;
  const source = drawing.data;
  for (let row = 0; row < drawing.heightPx; row++) {
    let from = row * drawing.widthPx * 4;
    let to = ((top + row) * widthPx + left) * 3;
    for (let column = 0; column < drawing.widthPx; column++, from += 4, to += 3) {
      const alpha = source[from + 3] ?? 0;
      if (alpha === 0) continue;
      if (alpha === 255) {
        data[to] = source[from] ?? 0;
        data[to + 1] = source[from + 1] ?? 0;
        data[to + 2] = source[from + 2] ?? 0;
        continue;
      }
      const share = alpha / 255;
      for (let channel = 0; channel < 3; channel++) {
        const under = data[to + channel] ?? 0;
        data[to + channel] = under + ((source[from + channel] ?? 0) - under) * share;
      }
    }
  }
}

/** How far light spreads: `across` by the lens, `along` by the lens and the drive during the exposure; weights of the two neighbours. */
export interface Softness {
  readonly across: number;
  readonly along: number;
}

/** Softens a box of the picture: a lens is never as sharp as a drawing, and what drives past smears along the road. */
export function soften(picture: FramePicture, box: PixelBox, { across, along }: Softness): void {
  const { data, widthPx } = picture;
  const rowBytes = box.widthPx * 3;
  let above = new Float32Array(rowBytes);
  let here = new Float32Array(rowBytes);
  let below = new Float32Array(rowBytes);
  softRow(picture, box, 0, across, here);
  above.set(here);
  for (let row = 0; row < box.heightPx; row++) {
    if (row + 1 < box.heightPx) softRow(picture, box, row + 1, across, below);
    else below.set(here);
    const to = ((box.top + row) * widthPx + box.left) * 3;
    const centre = 1 - 2 * along;
    for (let i = 0; i < rowBytes; i++) {
      data[to + i] = centre * (here[i] ?? 0) + along * ((above[i] ?? 0) + (below[i] ?? 0));
    }
    [above, here, below] = [here, below, above];
  }
}

/** One row of the box, blurred sideways, into `into`. */
function softRow(picture: FramePicture, box: PixelBox, row: number, across: number, into: Float32Array): void {
  const { data, widthPx } = picture;
  const from = ((box.top + row) * widthPx + box.left) * 3;
  const last = box.widthPx * 3 - 3;
  const centre = 1 - 2 * across;
  for (let i = 0; i < last + 3; i++) {
    const left = data[from + (i < 3 ? i : i - 3)] ?? 0;
    const right = data[from + (i >= last ? i : i + 3)] ?? 0;
    into[i] = centre * (data[from + i] ?? 0) + across * (left + right);
  }
}

/** In radii of the lamp. */
const GLOW_REACH = 11;

/** Adds light that spreads around a lamp: a bright core and a wide, faint halo. */
export function addGlow(
  picture: FramePicture,
  [u, v]: readonly [number, number],
  radiusPx: number,
  strength: number,
): void {
  const { data, widthPx, heightPx } = picture;
  const reach = Math.ceil(radiusPx * GLOW_REACH);
  const fromRow = Math.max(0, Math.floor(v - reach));
  const toRow = Math.min(heightPx - 1, Math.ceil(v + reach));
  const fromColumn = Math.max(0, Math.floor(u - reach));
  const toColumn = Math.min(widthPx - 1, Math.ceil(u + reach));
  for (let row = fromRow; row <= toRow; row++) {
    for (let column = fromColumn; column <= toColumn; column++) {
      const squared = ((column - u) ** 2 + (row - v) ** 2) / (radiusPx * radiusPx);
      const fade = 1 - squared / GLOW_REACH ** 2;
      if (fade <= 0) continue;
      const light = strength * fade * fade * (220 / (1 + 0.3 * squared * squared) + 60 / (1 + 0.12 * squared));
      const at = (row * widthPx + column) * 3;
      data[at] = (data[at] ?? 0) + light;
      data[at + 1] = (data[at + 1] ?? 0) + light;
      data[at + 2] = (data[at + 2] ?? 0) + light;
    }
  }
}
