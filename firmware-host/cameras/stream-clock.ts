/** Beyond this a stream's own time is not believed against the wall clock: it jumped, or drifted for days. */
const MAX_LAG_MS = 2_000;

/**
 * Unix time of a live stream's pictures from the stream's own timestamps, which are evener than arrivals.
 * Times never run ahead of the wall clock, lag behind it by at most two seconds, and grow from picture to picture.
 */
export class StreamClock {
  /** Unix time of stream time zero; null until the first picture. */
  #anchorMs: number | null = null;
  #lastStreamMs = Number.NEGATIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** `streamMs` is null where the stream carries no timestamp; timestamps that stand still are none. */
  timeOf(streamMs: number | null, nowMs: number): number {
    const timeMs = streamMs === null ? nowMs : this.#anchored(streamMs, nowMs);
    const setBack = this.#lastMs - nowMs > MAX_LAG_MS;
    this.#lastMs = setBack ? timeMs : Math.max(timeMs, this.#lastMs + 1);
    return this.#lastMs;
  }

  #anchored(streamMs: number, nowMs: number): number {
    const timeMs = this.#anchorMs === null ? nowMs : this.#anchorMs + streamMs;
    const believed = streamMs > this.#lastStreamMs && timeMs <= nowMs && nowMs - timeMs <= MAX_LAG_MS;
    this.#lastStreamMs = streamMs;
    if (this.#anchorMs === null || !believed) this.#anchorMs = nowMs - streamMs;
    return this.#anchorMs + streamMs;
  }
}
