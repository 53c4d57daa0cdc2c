import type { Luma } from '../../recognizer/luma.ts';

const WIDTH_PX = 320;
const HEIGHT_PX = 192;
const BARS = 8;
const BAR_PX = WIDTH_PX / BARS;

/** A picture that carries a number from 0 to 255 as eight bars, which survive any encoder. */
export function numberedFrame(number: number): Luma {
  const data = new Uint8Array(WIDTH_PX * HEIGHT_PX);
  for (let at = 0; at < data.length; at++) {
    const bar = Math.floor((at % WIDTH_PX) / BAR_PX);
    data[at] = (number >> bar) & 1 ? 220 : 30;
  }
  return { data, widthPx: WIDTH_PX, heightPx: HEIGHT_PX, strideBytes: WIDTH_PX };
}

export function* numberedFrames(count: number): Generator<Luma> {
  for (let number = 0; number < count; number++) yield numberedFrame(number);
}

/** The number of a `numberedFrame` that came through a camera. */
export function numberOf(luma: Luma): number {
  if (luma.widthPx !== WIDTH_PX || luma.heightPx !== HEIGHT_PX)
    throw new Error(`${luma.widthPx} x ${luma.heightPx} is no numbered frame`);
  const row = (HEIGHT_PX / 2) * luma.strideBytes;
  let number = 0;
  for (let bar = 0; bar < BARS; bar++) {
    if ((luma.data[row + (bar + 0.5) * BAR_PX] ?? 0) > 128) number |= 1 << bar;
  }
  return number;
}
