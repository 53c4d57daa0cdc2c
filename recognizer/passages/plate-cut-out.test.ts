import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutOut, plateCutOut } from './plate-cut-out.ts';
import { corners, luma } from './plate-in-picture.test-data.ts';

it('cuts out a copy that lies within the picture, whatever the corners', () => {
  const cut = cutOut(luma, corners, 0);
  expect([cut.widthPx, cut.heightPx, cut.data[0]]).toEqual([41, 11, luma.data[20 * 100 + 20]]);
  expect(cut.data.buffer).not.toBe(luma.data.buffer);
  const corner = fc.tuple(fc.double(), fc.double());
  fc.assert(
    fc.property(fc.tuple(corner, corner, corner, corner), (anywhere) => {
      const { widthPx, heightPx, data } = cutOut(luma, anywhere, 0.2);
      expect(widthPx >= 1 && widthPx <= 90 && heightPx >= 1 && heightPx <= 60).toBe(true);
      expect(data.length).toBe(widthPx * heightPx);
    }),
  );
});

it('says where the plate is in the cut-out', () => {
  const { luma: cut, corners: within } = plateCutOut(luma, corners);
  const [x, y] = within[0];
  expect([x, y]).toEqual([6, 6]);
  expect(cut.data[y * cut.strideBytes + x]).toBe(luma.data[20 * luma.strideBytes + 20]);
});
