const windowMs = 5_000;

interface Sample {
  readonly frames: number;
  readonly ms: number;
}

/** Frames a second and the age of the last frame of each camera, from counters that are looked at about each second. */
export class FrameRates {
  readonly #samples = new Map<string, Sample[]>();
  readonly #lastFrameMs = new Map<string, number>();

  observe(camera: string, frames: number, nowMs: number): void {
    const samples = this.#samples.get(camera) ?? [];
    const last = samples.at(-1);
    if (last !== undefined ? frames > last.frames : frames > 0) this.#lastFrameMs.set(camera, nowMs);
    samples.push({ frames, ms: nowMs });
    while (samples.length > 2 && nowMs - (samples[0]?.ms ?? nowMs) > windowMs) samples.shift();
    this.#samples.set(camera, samples);
  }

  framesPerSecond(camera: string): number {
    const samples = this.#samples.get(camera) ?? [];
    const [first, last] = [samples[0], samples.at(-1)];
    if (first === undefined || last === undefined || last.ms === first.ms) return 0;
    return Math.max(0, ((last.frames - first.frames) * 1000) / (last.ms - first.ms));
  }

  lastFrameAgeMs(camera: string, nowMs: number): number | null {
    const ms = this.#lastFrameMs.get(camera);
    return ms === undefined ? null : nowMs - ms;
  }
}
