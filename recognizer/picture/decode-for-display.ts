import { decodeLuma } from './decode-luma.ts';

/** Grey pixels of a picture, rows top down without gaps, for drawing it in a terminal. Faults: those of decodeLuma. */
export async function decodeForDisplay(bytes: Uint8Array): Promise<{
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: 1;
  readonly data: Uint8Array;
}> {
  const { widthPx, heightPx, data } = await decodeLuma(bytes);
  return { widthPx, heightPx, channels: 1, data };
}
