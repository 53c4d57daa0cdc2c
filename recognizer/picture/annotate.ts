import sharp from 'sharp';
import type { Corners } from '../plate.ts';
import { MAX_PICTURE_PIXELS } from './decode-luma.ts';
import { captionPath, captionWidth } from './stroke-letters.ts';

/** A quadrilateral to draw, with a line of text above it: letters, digits, % . ? - / and gaps. */
export interface Mark {
  readonly corners: Corners;
  readonly caption: string;
}

/** The picture as a JPEG with every mark drawn on it. */
export async function annotatedJpeg(bytes: Uint8Array, marks: readonly Mark[]): Promise<Uint8Array> {
  const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PICTURE_PIXELS })
    .autoOrient()
    .flatten()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const drawing = drawingOf(marks, info);
  return await sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })
    .composite([{ input: Buffer.from(drawing) }])
    .jpeg({ quality: 90 })
    .toBuffer();
}

function drawingOf(
  marks: readonly Mark[],
  { width, height }: { readonly width: number; readonly height: number },
): string {
  const letter = Math.max(8, Math.min(width, height) / 40);
  const line = Math.max(1, letter / 7);
  const drawn = marks.map(({ corners, caption }) => {
    const outline = corners.map(([x, y]) => `${(x + 0.5).toFixed(1)},${(y + 0.5).toFixed(1)}`).join(' ');
    const left = Math.min(...corners.map(([x]) => x));
    const top = Math.min(...corners.map(([, y]) => y));
    const x = Math.max(letter / 2, Math.min(left, width - captionWidth(caption, letter)));
    const y = top < 2 * letter ? Math.max(...corners.map(([, edge]) => edge)) + letter : top - 1.7 * letter;
    const text = captionPath(caption, [x, y], letter);
    return `<polygon points="${outline}" stroke="#00e05a"/><path d="${text}" stroke="#000" stroke-width="${3 * line}"/><path d="${text}" stroke="#ffe100"/>`;
  });
  const style = `fill="none" stroke-width="${line}" stroke-linecap="round" stroke-linejoin="round"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><g ${style}>${drawn.join('')}</g></svg>`;
}
