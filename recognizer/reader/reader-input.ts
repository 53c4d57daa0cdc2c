import type { Luma } from '../luma.ts';
import type { Corners } from '../plate.ts';
import { type Growth, type Part, rectify } from '../rectifier/rectify.ts';
import {
  CROP_BYTES,
  CROP_HEIGHT_PX,
  CROP_WIDTH_PX,
  type Rows,
  rowsSideBySide,
  TWO_ROW_HEIGHT_PX,
  TWO_ROW_WIDTH_PX,
} from './row-layout.ts';

/** A plate in a picture, and how it is to be cut out. */
export interface PlateCut {
  readonly corners: Corners;
  readonly growth: Growth;
  readonly rows: Rows;
}

/** The plate's ends are shown at a finer scale: a country sign's letters are a third as high as the registration's. */
export const ENDS_HEIGHT_PX = 48;
const LEFT_WIDTH_PX = 40;
const RIGHT_WIDTH_PX = 24;
export const ENDS_WIDTH_PX = LEFT_WIDTH_PX + RIGHT_WIDTH_PX;
export const ENDS_BYTES = ENDS_WIDTH_PX * ENDS_HEIGHT_PX;

/** What each end takes of the grown plate's width; a plate of two rows is narrow, a country's band is not. */
const LEFT: Record<Rows, Part> = { 1: { from: 0, to: 0.2 }, 2: { from: 0, to: 0.34 } };
const RIGHT: Record<Rows, Part> = { 1: { from: 1 - 0.13, to: 1 }, 2: { from: 1 - 0.22, to: 1 } };

/** What the reader takes of one plate: its crop of 160 x 32, then both ends beside each other, 64 x 48, row by row. */
export const INPUT_BYTES = CROP_BYTES + ENDS_BYTES;

/** Cuts plates out for the reader, as recognizer/training/camera.py does for its training. */
export class ReaderInput {
  readonly #twoRows = new Uint8Array(TWO_ROW_WIDTH_PX * TWO_ROW_HEIGHT_PX);

  /** Writes `INPUT_BYTES` bytes to `inputs` from `offset` on. */
  write(luma: Luma, cut: PlateCut, inputs: Uint8Array, offset: number): void {
    const { corners, growth, rows } = cut;
    if (rows === 1) {
      rectify(luma, corners, growth, { data: inputs, offset, widthPx: CROP_WIDTH_PX, heightPx: CROP_HEIGHT_PX });
    } else {
      const whole = { data: this.#twoRows, offset: 0, widthPx: TWO_ROW_WIDTH_PX, heightPx: TWO_ROW_HEIGHT_PX };
      rectify(luma, corners, growth, whole);
      rowsSideBySide(this.#twoRows, inputs, offset);
      // Else the last plate of two rows would stay here until the next one, be it for hours.
      this.#twoRows.fill(0);
    }
    const end = (widthPx: number, fromPx: number, part: Part) => {
      const place = { offset: offset + CROP_BYTES + fromPx, strideBytes: ENDS_WIDTH_PX };
      rectify(luma, corners, growth, { data: inputs, ...place, widthPx, heightPx: ENDS_HEIGHT_PX }, part);
    };
    end(LEFT_WIDTH_PX, 0, LEFT[rows]);
    end(RIGHT_WIDTH_PX, LEFT_WIDTH_PX, RIGHT[rows]);
  }
}
