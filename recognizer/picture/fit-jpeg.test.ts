import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodePixelsJpeg } from './encode-jpeg.ts';
import { fitJpeg } from './fit-jpeg.ts';

const widthPx = 640;
const heightPx = 360;

/** As hard to compress as any picture: a sensor at night. */
function noise(quality: number): Promise<Uint8Array> {
  let state = 7;
  const data = Uint8Array.from({ length: widthPx * heightPx * 3 }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state >>> 20;
  });
  return encodePixelsJpeg({ data, widthPx, heightPx, channels: 3 }, quality);
}

async function sizeOf(jpeg: Uint8Array | null): Promise<{ format: string; width: number; height: number }> {
  const { format, width, height } = await sharp(jpeg ?? new Uint8Array()).metadata();
  return { format, width, height };
}

describe('a picture that must not be longer than so many bytes', () => {
  it('stays as it is when it is short enough', async () => {
    const jpeg = await noise(80);
    expect(await fitJpeg(jpeg, { mostBytes: jpeg.byteLength })).toBe(jpeg);
  });

  it('first loses quality and keeps its size', async () => {
    const jpeg = await noise(100);
    const mostBytes = Math.round(jpeg.byteLength * 0.6);
    const fitting = await fitJpeg(jpeg, { mostBytes });
    expect(fitting?.byteLength).toBeLessThanOrEqual(mostBytes);
    expect(await sizeOf(fitting)).toEqual({ format: 'jpeg', width: widthPx, height: heightPx });
  });

  it('then becomes smaller, whatever quality it had', async () => {
    for (const quality of [100, 30]) {
      const jpeg = await noise(quality);
      const mostBytes = Math.round(jpeg.byteLength / 6);
      const fitting = await fitJpeg(jpeg, { mostBytes, quality });
      expect(fitting?.byteLength).toBeLessThanOrEqual(mostBytes);
      const { width, height } = await sizeOf(fitting);
      expect(width).toBeLessThan(widthPx);
      expect(width / height).toBeCloseTo(widthPx / heightPx, 1);
    }
  });

  it('is none when nothing is short enough', async () => {
    expect(await fitJpeg(await noise(90), { mostBytes: 100 })).toBeNull();
  });
});
