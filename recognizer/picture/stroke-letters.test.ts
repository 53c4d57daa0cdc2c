import { describe, expect, it } from 'vitest';
import { annotatedJpeg } from './annotate.ts';
import { contactSheet } from './contact-sheet.ts';
import { decodeLuma } from './decode-luma.ts';
import { encodeLumaJpeg } from './encode-jpeg.ts';
import { captionPath } from './stroke-letters.ts';

describe('captions', () => {
  it('have strokes for every letter of a plate and a gap for the rest', () => {
    for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%?.-/') {
      expect(captionPath(letter, [0, 0], 6)).toMatch(/^M[0-9.]+ [0-9.]+L/);
    }
    expect(captionPath('<&> ', [0, 0], 6)).toBe('');
  });
});

describe('a picture with marks', () => {
  it('keeps its size and shows the quadrilateral, also partly outside', async () => {
    const grey = { data: new Uint8Array(200 * 100).fill(40), widthPx: 200, heightPx: 100, strideBytes: 200 };
    const corners = [
      [20, 60],
      [260, 60],
      [260, 90],
      [20, 90],
    ] as const;
    const marked = await annotatedJpeg(await encodeLumaJpeg(grey, 90), [{ corners, caption: 'AB12 NL 99 %' }]);
    const luma = await decodeLuma(marked);
    expect([luma.widthPx, luma.heightPx]).toEqual([200, 100]);
    expect(luma.data[60 * 200 + 150]!).toBeGreaterThan(100);
    expect(Math.abs(luma.data[75 * 200 + 100]! - 40)).toBeLessThan(8);
  });
});

describe('a contact sheet', () => {
  it('has five pictures in a row, whatever their shape', async () => {
    const picture = (widthPx: number, heightPx: number) => ({
      data: new Uint8Array((widthPx + 2) * heightPx).fill(250),
      widthPx,
      heightPx,
      strideBytes: widthPx + 2,
    });
    const tiles = [picture(300, 10), picture(3, 200), ...Array.from({ length: 4 }, () => picture(50, 20))];
    const sheet = await decodeLuma(
      await contactSheet(tiles.map((one) => ({ picture: one, lines: ['IS A', 'READ B'] }))),
    );
    expect([sheet.widthPx, sheet.heightPx]).toEqual([1300, 260]);
  });
});
