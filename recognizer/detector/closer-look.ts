import type { Corners, Point } from '../plate.ts';
import { squareToQuad, throughPerspective } from '../rectifier/perspective.ts';
import { type Growth, quadSize } from '../rectifier/rectify.ts';

/** Size of a closer look's input, and how wide the plate is in it. */
export const CLOSER_WIDTH_PX = 192;
export const CLOSER_HEIGHT_PX = 96;
const PLATE_WIDTH_PX = 96;
/** A distant plate is not enlarged more than this: there is nothing more to see. */
const LEAST_SCALE = 0.5;
/** Sine of the slope from which on a plate is steep; as far from standing on end it is steep no more, for it could not be set level so. */
const STEEP = 0.2;

/** What of the source picture is shown to the detector, and where the plate should be in it. */
export interface CloserWindow {
  /** The window is this quadrilateral of the source picture, grown; pixel centres at whole numbers. */
  readonly outline: Corners;
  readonly growth: Growth;
  /** The plate as far as it is known, on the window's own scale, where pixel k covers k to k + 1. */
  readonly expected: Corners;
  /** From the window's scale to the source picture. */
  toSource(point: Point): Point;
}

/**
 * The plate's surroundings made level; its perspective stays. A plate that slopes a little is turned. One that slopes much is seen from
 * the side, for nobody holds a camera so askew: its short edges stand upright in the picture, and stay so.
 */
export function levelWindow(plate: Corners): CloserWindow {
  const [a, b, c, d] = plate;
  const alongX = b[0] - a[0] + c[0] - d[0];
  const alongY = b[1] - a[1] + c[1] - d[1];
  const length = Math.hypot(alongX, alongY);
  const cos = length > 0 ? alongX / length : 1;
  const sin = length > 0 ? alongY / length : 0;
  const steep = Math.abs(sin) > STEEP && cos > STEEP;
  const [downX, downY] = steep ? [0, 1] : [-sin, cos];
  const scale = Math.max(LEAST_SCALE, quadSize(plate).widthPx / PLATE_WIDTH_PX);
  const centreX = (a[0] + b[0] + c[0] + d[0]) / 4;
  const centreY = (a[1] + b[1] + c[1] + d[1]) / 4;
  const toSource = ([x, y]: Point): Point => {
    const right = (x - CLOSER_WIDTH_PX / 2) * scale;
    const down = (y - CLOSER_HEIGHT_PX / 2) * scale;
    return [centreX + right * cos + down * downX, centreY + right * sin + down * downY];
  };
  const determinant = (cos * downY - sin * downX) * scale;
  const fromSource = ([x, y]: Point): Point => {
    const dx = x - centreX;
    const dy = y - centreY;
    const right = (dx * downY - dy * downX) / determinant;
    const down = (dy * cos - dx * sin) / determinant;
    return [right + CLOSER_WIDTH_PX / 2, down + CLOSER_HEIGHT_PX / 2];
  };
  return {
    outline: mapCorners(rectangle(0, 0, CLOSER_WIDTH_PX, CLOSER_HEIGHT_PX), toSource),
    growth: { x: 0, y: 0 },
    expected: mapCorners(plate, fromSource),
    toSource,
  };
}

/** The plate's surroundings with its perspective taken out, as far as its corners are known. */
export function straightWindow(plate: Corners): CloserWindow {
  const { widthPx, heightPx } = quadSize(plate);
  const plateHeightPx = Math.min(CLOSER_HEIGHT_PX / 2, (PLATE_WIDTH_PX * heightPx) / Math.max(1, widthPx));
  const growth = {
    x: (CLOSER_WIDTH_PX / PLATE_WIDTH_PX - 1) / 2,
    y: (CLOSER_HEIGHT_PX / Math.max(1, plateHeightPx) - 1) / 2,
  };
  const map = squareToQuad(plate);
  return {
    outline: plate,
    growth,
    expected: rectangle(
      (CLOSER_WIDTH_PX - PLATE_WIDTH_PX) / 2,
      (CLOSER_HEIGHT_PX - plateHeightPx) / 2,
      PLATE_WIDTH_PX,
      plateHeightPx,
    ),
    toSource: ([x, y]) => {
      const u = (x / CLOSER_WIDTH_PX) * (1 + 2 * growth.x) - growth.x;
      const v = (y / CLOSER_HEIGHT_PX) * (1 + 2 * growth.y) - growth.y;
      return throughPerspective(map, [u, v]);
    },
  };
}

/** The same corners in other coordinates. */
export function mapCorners([a, b, c, d]: Corners, map: (point: Point) => Point): Corners {
  return [map(a), map(b), map(c), map(d)];
}

function rectangle(left: number, top: number, width: number, height: number): Corners {
  return [
    [left, top],
    [left + width, top],
    [left + width, top + height],
    [left, top + height],
  ];
}
