import { decodeLuma } from '../../../recognizer/picture/decode-luma.ts';
import type { Recognizer, StageTimes } from '../../../recognizer/recognizer.ts';
import type { ReferenceWork } from '../../../recognizer/runtime/reference-work.ts';
import { type Spread, spreadOf } from '../quantile.ts';
import type { BenchPicture } from './bench-pictures.ts';

/** Times in milliseconds on one core. `read` and `rectify` are for one plate read by itself, and reading includes rectifying and closer looks. */
export interface Measured {
  readonly pictures: number;
  readonly plates: number;
  readonly decode: Spread;
  readonly detect: Spread;
  readonly rectify: Spread;
  readonly read: Spread;
  /** Share of the plates that the detector had to look at again before they were read for sure; their time is in `read`. */
  readonly lookedCloser: number;
  /** A picture from its file's bytes to its plates' texts. */
  readonly total: Spread;
  /** The fixed work, to put machines in proportion. */
  readonly reference: Spread;
  /** Of the whole process, after everything. */
  readonly memoryMb: number;
}

/** Rounds before times count: compilers and caches have to warm up. */
const WARM_UP = 3;

/**
 * Takes the pictures through decoding, detecting and reading, one after another, `rounds` times. Where the pictures'
 * plates are known those are read, so that reading costs the same whatever the detector finds.
 */
export async function measure(
  { recognizer, reference }: { readonly recognizer: Recognizer; readonly reference: ReferenceWork },
  pictures: readonly BenchPicture[],
  rounds: number,
): Promise<Measured> {
  const times = { decode: [], detect: [], rectify: [], read: [], total: [], reference: [] } as Record<string, number[]>;
  const note = (stage: string, ms: number) => times[stage]?.push(ms);
  let plates = 0;
  let lookedAt = 0;
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const picture of round < 0 ? pictures.slice(0, 4) : pictures) {
      const from = performance.now();
      const luma = await decodeLuma(picture.bytes);
      const decoded = performance.now();
      const found = await recognizer.detect(luma);
      const detected = performance.now();
      const known = picture.plates.map((corners) => ({ corners, score: 1 }));
      const quads = known.length > 0 ? known : found;
      const each: StageTimes[] = [];
      for (const quad of quads) {
        await recognizer.readQuads(luma, [quad]);
        each.push(recognizer.lastMs);
      }
      const done = performance.now();
      if (round < 0) continue;
      note('decode', decoded - from);
      note('detect', detected - decoded);
      note('total', done - from);
      plates += quads.length;
      for (const { rectify, read, looks } of each) {
        note('rectify', rectify);
        note('read', read);
        lookedAt += Math.min(1, looks);
      }
    }
    const from = performance.now();
    await reference.once();
    if (round >= 0) note('reference', performance.now() - from);
  }
  const spread = (stage: string) => spreadOf(times[stage] ?? []);
  return {
    pictures: pictures.length * rounds,
    plates,
    decode: spread('decode'),
    detect: spread('detect'),
    rectify: spread('rectify'),
    read: spread('read'),
    lookedCloser: plates > 0 ? lookedAt / plates : 0,
    total: spread('total'),
    reference: spread('reference'),
    memoryMb: process.memoryUsage().rss / 1e6,
  };
}
