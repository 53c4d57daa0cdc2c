import sharp from 'sharp';

/** Four bytes a pixel: R, G, B, alpha (not premultiplied), without row padding. */
export interface RgbaPicture {
  readonly data: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Draws an SVG at its own width and height in pixels. Shapes only: text would depend on the fonts of the machine. */
export async function rasteriseSvg(svg: string): Promise<RgbaPicture> {
  const { data, info } = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, widthPx: info.width, heightPx: info.height };
}
