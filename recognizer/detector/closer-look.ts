import type { Corners, Point } from '../plate.ts';
import { quadSize } from '../rectifier/rectify.ts';

/** Size of the closer look's input, and how wide the plate is in it. */
export const CLOSER_WIDTH_PX = 192;
export const CLOSER_HEIGHT_PX = 96;
const PLATE_WIDTH_PX = 96;
/** A distant plate is not enlarged more than this: there is nothing more to see. */
const LEAST_SCALE = 0.5;

/** A window around a plate, turned so that the plate lies upright in it. */
export interface CloserWindow {
  /** Outline of the window in the source picture (pixel centres at whole numbers). */
  readonly outline: Corners;
  /** From the window's input scale, where pixel k covers k to k + 1, to the source picture. */
  toSource(point: Point): Point;
  fromSource(point: Point): Point;
}

/** The window in which the detector sees this plate upright, in a size that it knows well. */
export function closerWindow(plate: Corners): CloserWindow {
  const [a, b, c, d] = plate;
  const alongX = b[0] - a[0] + c[0] - d[0];
  const alongY = b[1] - a[1] + c[1] - d[1];
  const length = Math.hypot(alongX, alongY);
  const cos = length > 0 ? alongX / length : 1;
  const sin = length > 0 ? alongY / length : 0;
  const scale = Math.max(LEAST_SCALE, quadSize(plate).widthPx / PLATE_WIDTH_PX);
  const centreX = (a[0] + b[0] + c[0] + d[0]) / 4;
  const centreY = (a[1] + b[1] + c[1] + d[1]) / 4;
  const toSource = ([x, y]: Point): Point => {
    const right = (x - CLOSER_WIDTH_PX / 2) * scale;
    const down = (y - CLOSER_HEIGHT_PX / 2) * scale;
    return [centreX + right * cos - down * sin, centreY + right * sin + down * cos];
  };
  const fromSource = ([x, y]: Point): Point => {
    const dx = (x - centreX) / scale;
    const dy = (y - centreY) / scale;
    return [dx * cos + dy * sin + CLOSER_WIDTH_PX / 2, dy * cos - dx * sin + CLOSER_HEIGHT_PX / 2];
  };
  const outline: Corners = [
    toSource([0, 0]),
    toSource([CLOSER_WIDTH_PX, 0]),
    toSource([CLOSER_WIDTH_PX, CLOSER_HEIGHT_PX]),
    toSource([0, CLOSER_HEIGHT_PX]),
  ];
  return { outline, toSource, fromSource };
}
