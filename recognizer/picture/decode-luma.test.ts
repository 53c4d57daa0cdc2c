import { describe, expect, it } from 'vitest';
import { decodeLuma } from './decode-luma.ts';
import { encodeLumaJpeg, encodeRgbJpeg } from './encode-jpeg.ts';

/** A start-of-frame header that claims a size; what follows never matters because the size is refused first. */
function withClaimedSize(jpeg: Uint8Array, widthPx: number, heightPx: number): Uint8Array {
  const bytes = Buffer.from(jpeg);
  const startOfFrame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(heightPx, startOfFrame + 5);
  bytes.writeUInt16BE(widthPx, startOfFrame + 7);
  return bytes;
}

describe('a picture decoded to luminance', () => {
  const ramp = { data: new Uint8Array(100 * 40), widthPx: 90, heightPx: 40, strideBytes: 100 };
  for (let i = 0; i < ramp.data.length; i++) ramp.data[i] = (i % 100) * 2;

  it('keeps the size and the brightness of a grey JPEG whose rows were padded', async () => {
    const luma = await decodeLuma(await encodeLumaJpeg(ramp, 95));
    expect([luma.widthPx, luma.heightPx, luma.strideBytes, luma.data.length]).toEqual([90, 40, 90, 3600]);
    expect(Math.abs(luma.data[10 * 90 + 60]! - 120)).toBeLessThan(4);
  });

  it('takes the luma of a colour JPEG as a video decoder would', async () => {
    const data = new Uint8Array(64 * 64 * 3);
    for (let i = 0; i < data.length; i += 3) data[i] = 255;
    const luma = await decodeLuma(await encodeRgbJpeg({ data, widthPx: 64, heightPx: 64 }, 95));
    expect(Math.abs(luma.data[2000]! - 76)).toBeLessThan(5);
  });

  it.each([
    ['nothing', () => new Uint8Array(0), 'picture/empty'],
    ['text', () => Buffer.from('not a picture at all'), 'picture/unreadable'],
    ['a JPEG cut in half', async () => (await encodeLumaJpeg(ramp, 90)).subarray(0, 400), 'picture/unreadable'],
    [
      'a header of 3 gigapixels',
      async () => withClaimedSize(await encodeLumaJpeg(ramp, 90), 60000, 50000),
      'picture/too-large',
    ],
  ])('refuses %s with a code', async (_what, bytes, code) => {
    await expect(decodeLuma(await bytes())).rejects.toMatchObject({ code });
  });
});
