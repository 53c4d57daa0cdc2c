import type { Luma } from '../luma.ts';
import type { Point } from '../plate.ts';
import { inside } from './plate-geometry.ts';

export interface FrameGateOptions {
  /** Motion outside of it opens nothing. */
  readonly regionOfInterest?: readonly Point[] | undefined;
  /** The gate stays open so long after the last motion, because a plate may be still for a moment. */
  readonly holdMs?: number;
  /** Even a still picture is looked at so often, in case the gate is wrong. */
  readonly probeEveryMs?: number;
}

const COLUMNS = 32;
/** Samples a tile side: 16 a tile, about 9,000 a picture. */
const SIDE = 4;
const WARM_UP_FRAMES = 5;
/** A tile moves when it differs from its background by this many grey levels plus this many times its usual noise. */
const LEAST_CHANGE = 3;
const NOISE_TIMES = 3.5;
/** Shares of a new picture that enter the background: quickly where it is quiet, so slowly where it moves that traffic leaves no trace. */
const QUIET_RATE = 1 / 12;
const MOVING_RATE = 1 / 300;

/**
 * Tells pictures in which something moves from a still road, for about a tenth of a millisecond each.
 * Invariant: a change of brightness of the whole picture (a cloud, the camera's exposure) alone does not open it,
 * and a tile that is always restless (leaves, rain, sensor noise) raises its own threshold.
 */
export class FrameGate {
  readonly #region: readonly Point[] | undefined;
  readonly #holdMs: number;
  readonly #probeEveryMs: number;
  #grid: Grid | null = null;
  #frames = 0;
  #movedMs = Number.NEGATIVE_INFINITY;
  #openedMs = Number.NEGATIVE_INFINITY;

  constructor(options: FrameGateOptions = {}) {
    this.#region = options.regionOfInterest;
    this.#holdMs = options.holdMs ?? 400;
    this.#probeEveryMs = options.probeEveryMs ?? 2000;
  }

  /** True when the picture deserves the detector. */
  opens(luma: Luma, timeMs: number): boolean {
    if (this.#grid === null || !this.#grid.fits(luma)) {
      this.#grid = new Grid(luma, this.#region);
      this.#frames = 0;
    }
    const moving = this.#grid.changed(luma) > 0;
    this.#frames++;
    if (timeMs < this.#openedMs) this.#openedMs = this.#movedMs = Number.NEGATIVE_INFINITY;
    if (moving || this.#frames <= WARM_UP_FRAMES) this.#movedMs = timeMs;
    const open = timeMs - this.#movedMs <= this.#holdMs || timeMs - this.#openedMs >= this.#probeEveryMs;
    if (open) this.#openedMs = timeMs;
    return open;
  }
}

/** The background and noise of one picture size. */
class Grid {
  readonly #widthPx: number;
  readonly #heightPx: number;
  readonly #strideBytes: number;
  /** Byte offsets of the samples, tile after tile, of the tiles in the region of interest alone. */
  readonly #offsets: Int32Array;
  readonly #background: Float32Array;
  readonly #noise: Float32Array;
  readonly #differences: Float32Array;
  readonly #shifts: Float32Array;

  constructor(luma: Luma, region: readonly Point[] | undefined) {
    this.#widthPx = luma.widthPx;
    this.#heightPx = luma.heightPx;
    this.#strideBytes = luma.strideBytes;
    this.#offsets = Int32Array.from(sampleOffsets(luma, region));
    this.#background = Float32Array.from(this.#offsets, (offset) => luma.data[offset] ?? 0);
    this.#differences = new Float32Array(this.#offsets.length);
    const tiles = this.#offsets.length / (SIDE * SIDE);
    this.#noise = new Float32Array(tiles).fill(1.5);
    this.#shifts = new Float32Array(tiles);
  }

  fits(luma: Luma): boolean {
    return luma.widthPx === this.#widthPx && luma.heightPx === this.#heightPx && luma.strideBytes === this.#strideBytes;
  }

  /** The number of tiles that moved; learns from the picture. */
  changed({ data }: Luma): number {
    const shift = this.#brightnessShift(data);
    const background = this.#background;
    const differences = this.#differences;
    let moved = 0;
    for (let tile = 0; tile < this.#noise.length; tile++) {
      const from = tile * SIDE * SIDE;
      const to = from + SIDE * SIDE;
      let sum = 0;
      for (let i = from; i < to; i++) sum += Math.abs((differences[i] as number) - shift);
      const activity = sum / (SIDE * SIDE);
      const noise = this.#noise[tile] ?? 0;
      const moving = activity > LEAST_CHANGE + NOISE_TIMES * noise;
      if (moving) moved++;
      const rate = moving ? MOVING_RATE : QUIET_RATE;
      this.#noise[tile] = noise + (Math.min(activity, 40) - noise) * (moving ? MOVING_RATE : QUIET_RATE / 2);
      for (let i = from; i < to; i++) background[i] = (background[i] as number) + (differences[i] as number) * rate;
    }
    return moved;
  }

  /** The median over the tiles of how much brighter they are: a lorry before half of the picture does not count as exposure. */
  #brightnessShift(data: Uint8Array): number {
    const background = this.#background;
    const differences = this.#differences;
    for (let tile = 0; tile < this.#shifts.length; tile++) {
      const from = tile * SIDE * SIDE;
      let sum = 0;
      for (let i = from; i < from + SIDE * SIDE; i++) {
        const difference = (data[this.#offsets[i] as number] as number) - (background[i] as number);
        differences[i] = difference;
        sum += difference;
      }
      this.#shifts[tile] = sum / (SIDE * SIDE);
    }
    return this.#shifts.sort()[this.#shifts.length >> 1] ?? 0;
  }
}

function* sampleOffsets(luma: Luma, region: readonly Point[] | undefined): Iterable<number> {
  const columns = Math.min(COLUMNS, Math.max(1, Math.floor(luma.widthPx / SIDE)));
  const tilePx = luma.widthPx / columns;
  const rows = Math.max(1, Math.floor(luma.heightPx / tilePx));
  const tileHeightPx = luma.heightPx / rows;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (region !== undefined && !inside(region, (column + 0.5) * tilePx, (row + 0.5) * tileHeightPx)) continue;
      for (let i = 0; i < SIDE * SIDE; i++) {
        const x = Math.floor((column + ((i % SIDE) + 0.5) / SIDE) * tilePx);
        const y = Math.floor((row + (Math.floor(i / SIDE) + 0.5) / SIDE) * tileHeightPx);
        yield y * luma.strideBytes + x;
      }
    }
  }
}
