import { describe, expect, it } from 'vitest';
import type { Luma } from '../luma.ts';
import type { Corners } from '../plate.ts';
import { decodeLuma } from './decode-luma.ts';
import { encodeLumaJpeg, reencodeJpeg } from './encode-jpeg.ts';
import { hideOccupants } from './hide-occupants.ts';

const widthPx = 640;
const heightPx = 480;
const plate: Corners = [
  [290, 380],
  [350, 380],
  [350, 393],
  [290, 393],
];

/** Fine checks everywhere: whatever is coarse afterwards has lost them. */
function checkered(): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: widthPx * heightPx }, (_, at) =>
    (((at % widthPx) >> 2) + (Math.floor(at / widthPx) >> 2)) % 2 === 0 ? 220 : 40,
  );
  return encodeLumaJpeg({ data, widthPx, heightPx, strideBytes: widthPx }, 95);
}

async function hidden(above: Corners): Promise<Uint8Array> {
  return await reencodeJpeg(await checkered(), 90, (pixels) => hideOccupants(pixels, [above]));
}

function contrast(luma: Luma, left: number, top: number): number {
  const values = Array.from(
    { length: 400 },
    (_, i) => luma.data[(top + Math.floor(i / 20)) * luma.strideBytes + left + (i % 20)] ?? 0,
  );
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

describe('hiding occupants', () => {
  it('makes the windows of a car and of a lorry coarse, and leaves plate, bonnet and road as they were', async () => {
    const after = await decodeLuma(await hidden(plate));
    for (const [left, top] of [
      [310, 290],
      [200, 220],
      [430, 150],
      [310, 60],
    ] as const)
      expect(contrast(after, left, top)).toBeLessThan(15);
    for (const [left, top] of [
      [310, 376],
      [310, 440],
      [20, 220],
      [600, 220],
    ] as const)
      expect(contrast(after, left, top)).toBeGreaterThan(60);
  });

  it('follows a plate that is tilted, and stays within the picture', async () => {
    const tilted: Corners = [
      [40, 60],
      [90, 90],
      [84, 100],
      [34, 70],
    ];
    const after = await decodeLuma(await hidden(tilted));
    expect([after.widthPx, after.heightPx]).toEqual([widthPx, heightPx]);
    expect(contrast(after, 110, 5)).toBeLessThan(20);
    expect(contrast(after, 40, 300)).toBeGreaterThan(60);
  });

  it('leaves a picture alone whose windows would be above its edge', async () => {
    const high: Corners = [
      [300, 2],
      [340, 2],
      [340, 10],
      [300, 10],
    ];
    const after = await decodeLuma(await hidden(high));
    expect(contrast(after, 310, 30)).toBeGreaterThan(60);
  });
});
