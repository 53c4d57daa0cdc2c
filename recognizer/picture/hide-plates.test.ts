import { describe, expect, it } from 'vitest';
import type { Corners } from '../plate.ts';
import { decodeLuma } from './decode-luma.ts';
import { encodeLumaJpeg, reencodeJpeg } from './encode-jpeg.ts';
import { hidePlates } from './hide-plates.ts';

const widthPx = 320;
const heightPx = 200;
const checks: Corners = [
  [100, 80],
  [180, 80],
  [180, 100],
  [100, 100],
];

function checkered(): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: widthPx * heightPx }, (_, at) =>
    (((at % widthPx) >> 3) + (Math.floor(at / widthPx) >> 3)) % 2 === 0 ? 230 : 40,
  );
  return encodeLumaJpeg({ data, widthPx, heightPx, strideBytes: widthPx }, 95);
}

async function covered(plates: readonly Corners[]): Promise<Uint8Array> {
  return await reencodeJpeg(await checkered(), 90, (pixels) => hidePlates(pixels, plates));
}

describe('hiding plates', () => {
  it('leaves nothing of a covered plate and everything of the rest', async () => {
    const before = await decodeLuma(await checkered());
    const after = await decodeLuma(await covered([checks]));
    for (let y = 80; y < 100; y++)
      for (let x = 100; x < 180; x++) expect(after.data[y * after.strideBytes + x]).toBeLessThan(16);
    for (const at of [20 * widthPx + 20, 150 * widthPx + 300])
      expect(Math.abs((after.data[at] ?? 0) - (before.data[at] ?? 0))).toBeLessThan(25);
  });

  it('covers plates that reach beyond the picture', async () => {
    const beyond: Corners = [
      [300, 180],
      [360, 180],
      [360, 220],
      [300, 220],
    ];
    const after = await decodeLuma(await covered([beyond]));
    expect(after.data[199 * after.strideBytes + 319]).toBeLessThan(16);
  });
});
