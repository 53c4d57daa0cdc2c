import { silentLog } from '../../../config/foundation/log.ts';
import type { Luma } from '../../../recognizer/luma.ts';
import { decodeLuma } from '../../../recognizer/picture/decode-luma.ts';
import { loadPicture } from '../../../recognizer/picture/load-picture.ts';
import type { PlateRead } from '../../../recognizer/plate.ts';
import type { Recognizer } from '../../../recognizer/recognizer.ts';
import { openCamera } from '../../cameras/open-camera.ts';
import type { PictureSource } from './picture-sources.ts';
import { type ReadResult, readPlate } from './read-result.ts';

/** A result with a way to the picture it was read from, as a file's bytes. */
export interface PictureRead {
  readonly result: ReadResult;
  picture(): Promise<Uint8Array>;
}

/** Reads pictures and videos one after another; a video gives one result a frame. */
export class PictureReader {
  readonly #recognizer: Recognizer;
  readonly #crops: boolean;

  /** With `crops` each picture is one plate already cut out. */
  constructor(recognizer: Recognizer, { crops }: { readonly crops: boolean }) {
    this.#recognizer = recognizer;
    this.#crops = crops;
  }

  /** Faults of the picture or the video end this source, not the reader. */
  async *read(source: PictureSource): AsyncGenerator<PictureRead> {
    if (source.kind === 'video') yield* this.#readVideo(source.path);
    else yield await this.#readPicture(source.path);
  }

  async #readPicture(path: string): Promise<PictureRead> {
    const bytes = await loadPicture(path);
    const from = performance.now();
    const luma = await decodeLuma(bytes);
    const result = await this.#result(luma, { source: path, frame: 0, decodeMs: performance.now() - from });
    return { result, picture: async () => bytes };
  }

  async *#readVideo(path: string): AsyncGenerator<PictureRead> {
    const stop = new AbortController();
    const camera = openCamera({ kind: 'video', path, pace: 'fast', loop: false }, { log: silentLog, name: path });
    try {
      let from = performance.now();
      for await (const frame of camera.frames(stop.signal)) {
        const decodeMs = performance.now() - from;
        const result = await this.#result(frame.luma, { source: path, frame: frame.index, decodeMs });
        yield { result, picture: () => frame.toJpeg(90) };
        from = performance.now();
      }
    } finally {
      stop.abort();
    }
  }

  async #result(
    luma: Luma,
    { source, frame, decodeMs }: { readonly source: string; readonly frame: number; readonly decodeMs: number },
  ): Promise<ReadResult> {
    const from = performance.now();
    const reads: readonly PlateRead[] = this.#crops
      ? [await this.#recognizer.readCrop(luma)]
      : await this.#recognizer.read(luma);
    const bothMs = performance.now() - from;
    const detectMs = this.#crops ? 0 : this.#recognizer.lastMs.detect;
    return {
      source,
      frame,
      width: luma.widthPx,
      height: luma.heightPx,
      plates: reads.flatMap((read) => readPlate(read) ?? []),
      ms: { decode: hundredths(decodeMs), detect: hundredths(detectMs), read: hundredths(bothMs - detectMs) },
    };
  }
}

function hundredths(ms: number): number {
  return Math.round(ms * 100) / 100;
}
