/** How a picture is placed in the detector's input: scaled by 1/factor at the top left, the rest a plain grey. */
export interface InputLayout {
  /** Size of the input tensor. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** Size of the picture inside it. */
  readonly pictureWidthPx: number;
  readonly pictureHeightPx: number;
  /** Source pixels per input pixel, the same both ways. */
  readonly factor: number;
}

/** The network halves its input five times. */
const MULTIPLE = 32;
/** Whole factors are resampled faster and more sharply, so a factor this near to one becomes whole. */
const SNAP = 0.12;

/**
 * Keeps the picture's shape and the input's area (the detector's time) about constant: 1280 x 720 becomes 640 x 360
 * in a 640 x 384 input, 640 x 480 stays as it is. Never enlarges.
 */
export function inputLayout(widthPx: number, heightPx: number, areaPx: number): InputLayout {
  const wanted = Math.max(1, Math.sqrt((widthPx * heightPx) / areaPx));
  const whole = Math.round(wanted);
  const factor = Math.abs(wanted - whole) <= SNAP * whole ? whole : wanted;
  const pictureWidthPx = Math.max(1, Math.floor(widthPx / factor));
  const pictureHeightPx = Math.max(1, Math.floor(heightPx / factor));
  return {
    widthPx: roundUp(pictureWidthPx),
    heightPx: roundUp(pictureHeightPx),
    pictureWidthPx,
    pictureHeightPx,
    factor,
  };
}

function roundUp(size: number): number {
  return Math.ceil(size / MULTIPLE) * MULTIPLE;
}
