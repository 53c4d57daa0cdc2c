/** Decoded pixels: rows top down, one byte a pixel (grey) or three (red, green, blue). */
export interface DecodedPicture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

export type ColourDepth = 'truecolour' | '256';

export interface HalfBlockOptions {
  /** Character cells at most; a cell shows two pixels, one above the other. */
  readonly columns: number;
  readonly rows: number;
  readonly colours: ColourDepth;
}

type Colour = readonly [red: number, green: number, blue: number];

const upperHalf = '\u2580';
const resetColours = '\u001b[0m';

/** A picture as lines of half-block characters: the cell's colour is the upper pixel, its background the lower. */
export function halfBlocks(picture: DecodedPicture, options: HalfBlockOptions): readonly string[] {
  const scale = Math.min(options.columns / picture.widthPx, (options.rows * 2) / picture.heightPx);
  const columns = Math.max(1, Math.min(options.columns, Math.round(picture.widthPx * scale)));
  const rows = Math.max(1, Math.min(options.rows, Math.round((picture.heightPx * scale) / 2)));
  const code = options.colours === 'truecolour' ? truecolourCode : palette256Code;
  const pixel = (column: number, half: number): Colour =>
    meanColour(picture, { column, half, columns, halves: rows * 2 });
  return Array.from({ length: rows }, (_, row) => {
    let line = '';
    for (let column = 0; column < columns; column += 1) {
      line += `\u001b[38;${code(pixel(column, row * 2))};48;${code(pixel(column, row * 2 + 1))}m${upperHalf}`;
    }
    return line + resetColours;
  });
}

/** What this terminal can show; null when it can show no colours at all (then a file path must do). */
export function colourDepth(terminal: {
  readonly isTTY?: boolean | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): ColourDepth | null {
  const { COLORTERM = '', TERM = '', NO_COLOR = '' } = terminal.environment;
  if (!terminal.isTTY || NO_COLOR !== '' || TERM === 'dumb') return null;
  if (/truecolor|24bit/.test(COLORTERM)) return 'truecolour';
  return /256/.test(TERM) ? '256' : null;
}

interface Cell {
  readonly column: number;
  readonly half: number;
  readonly columns: number;
  readonly halves: number;
}

/** The mean of all pixels under one half cell: nearest neighbours alone would tear the strokes of characters. */
function meanColour(picture: DecodedPicture, cell: Cell): Colour {
  const [left, right] = span(cell.column, cell.columns, picture.widthPx);
  const [top, bottom] = span(cell.half, cell.halves, picture.heightPx);
  const { channels, data } = picture;
  const [second, third] = channels === 3 ? [1, 2] : [0, 0];
  let [red, green, blue] = [0, 0, 0];
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) {
      const at = (y * picture.widthPx + x) * channels;
      red += data[at] ?? 0;
      green += data[at + second] ?? 0;
      blue += data[at + third] ?? 0;
    }
  }
  const count = (right - left) * (bottom - top);
  return [Math.round(red / count), Math.round(green / count), Math.round(blue / count)];
}

function span(index: number, parts: number, length: number): readonly [from: number, to: number] {
  const from = Math.min(length - 1, Math.floor((index * length) / parts));
  return [from, Math.max(from + 1, Math.min(length, Math.floor(((index + 1) * length) / parts)))];
}

function truecolourCode([red, green, blue]: Colour): string {
  return `2;${red};${green};${blue}`;
}

/** The 6 x 6 x 6 cube of the 256-colour palette (16..231), or its 24 greys (232..255) where these are nearer. */
function palette256Code([red, green, blue]: Colour): string {
  const level = (value: number): number => (value < 48 ? 0 : value < 115 ? 1 : Math.floor((value - 35) / 40));
  const shown = (value: number): number => (level(value) === 0 ? 0 : 55 + level(value) * 40);
  const grey = Math.min(23, Math.max(0, Math.round(((red + green + blue) / 3 - 8) / 10)));
  const greyValue = 8 + grey * 10;
  const toGrey = distance([red, green, blue], [greyValue, greyValue, greyValue]);
  const toCube = distance([red, green, blue], [shown(red), shown(green), shown(blue)]);
  return toGrey < toCube ? `5;${232 + grey}` : `5;${16 + 36 * level(red) + 6 * level(green) + level(blue)}`;
}

function distance(a: Colour, b: Colour): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}
