import sharp from 'sharp';
import type { Luma } from '../luma.ts';
import { captionPath } from './stroke-letters.ts';

/** One picture on a contact sheet and the lines under it: letters, digits, % . ? - / and gaps. */
export interface Tile {
  readonly picture: Luma;
  readonly lines: readonly string[];
}

const COLUMNS = 5;
const TILE_WIDTH_PX = 260;
const TILE_HEIGHT_PX = 130;
const PICTURE_WIDTH_PX = 250;
const PICTURE_HEIGHT_PX = 76;
const LETTER_PX = 11;

/** A PNG with all tiles in rows of five, each picture as large as its place allows. */
export async function contactSheet(tiles: readonly Tile[]): Promise<Uint8Array> {
  const width = COLUMNS * TILE_WIDTH_PX;
  const height = Math.max(1, Math.ceil(tiles.length / COLUMNS)) * TILE_HEIGHT_PX;
  const pictures = await Promise.all(
    tiles.map(async ({ picture }, index) => ({
      input: await fitted(picture),
      left: (index % COLUMNS) * TILE_WIDTH_PX + 5,
      top: Math.floor(index / COLUMNS) * TILE_HEIGHT_PX + 5,
    })),
  );
  const captions = tiles.map(({ lines }, index) => {
    const x = (index % COLUMNS) * TILE_WIDTH_PX + 5;
    const y = Math.floor(index / COLUMNS) * TILE_HEIGHT_PX + PICTURE_HEIGHT_PX + 11;
    return lines.map((line, row) => captionPath(line, [x, y + row * LETTER_PX * 1.4], LETTER_PX)).join('');
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><path d="${captions.join('')}" fill="none" stroke="#fff" stroke-width="1.3"/></svg>`;
  return await sharp({ create: { width, height, channels: 3, background: '#203040' } })
    .composite([...pictures, { input: Buffer.from(svg), left: 0, top: 0 }])
    .png()
    .toBuffer();
}

async function fitted({ data, widthPx, heightPx, strideBytes }: Luma): Promise<Buffer> {
  const whole = sharp(data.subarray(0, strideBytes * heightPx), {
    raw: { width: strideBytes, height: heightPx, channels: 1 },
  });
  return await whole
    .extract({ left: 0, top: 0, width: widthPx, height: heightPx })
    .resize(PICTURE_WIDTH_PX, PICTURE_HEIGHT_PX, { fit: 'inside' })
    .png()
    .toBuffer();
}
