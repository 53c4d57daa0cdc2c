import { describe, expect, it } from 'vitest';
import { colourDepth, halfBlocks } from './half-block.ts';

const red = [255, 0, 0];
const blue = [0, 0, 255];

describe('half-block pictures', () => {
  it('shows two pixels in a cell, the upper as colour and the lower as background', () => {
    const picture = { widthPx: 1, heightPx: 2, channels: 3, data: Uint8Array.from([...red, ...blue]) } as const;
    const lines = halfBlocks(picture, { columns: 1, rows: 1, colours: 'truecolour' });
    expect(lines).toEqual(['\u001b[38;2;255;0;0;48;2;0;0;255m\u2580\u001b[0m']);
  });

  it('draws grey pictures in the greys of 256 colours', () => {
    const picture = { widthPx: 1, heightPx: 2, channels: 1, data: Uint8Array.from([0x80, 0xff]) } as const;
    expect(halfBlocks(picture, { columns: 9, rows: 1, colours: '256' })).toEqual([
      '\u001b[38;5;244;48;5;231m\u2580\u001b[0m',
    ]);
  });

  it('averages what falls under a cell, so that a fine pattern becomes its mean', () => {
    const checkers = Uint8Array.from({ length: 16 * 16 }, (_, at) => ((at + (at >> 4)) % 2) * 200);
    const picture = { widthPx: 16, heightPx: 16, channels: 1, data: checkers } as const;
    const [line] = halfBlocks(picture, { columns: 2, rows: 1, colours: 'truecolour' });
    expect(line).toContain('38;2;100;100;100;48;2;100;100;100');
  });

  it('keeps the proportions and the limits', () => {
    const wide = { widthPx: 520, heightPx: 110, channels: 1, data: new Uint8Array(520 * 110) } as const;
    const lines = halfBlocks(wide, { columns: 60, rows: 12, colours: '256' });
    expect(lines).toHaveLength(6);
    expect(lines[0]?.split('\u2580')).toHaveLength(61);
    const tall = { widthPx: 10, heightPx: 400, channels: 1, data: new Uint8Array(4_000) } as const;
    expect(halfBlocks(tall, { columns: 60, rows: 12, colours: '256' })).toHaveLength(12);
  });

  it.each([
    [{ COLORTERM: 'truecolor', TERM: 'xterm-256color' }, true, 'truecolour'],
    [{ TERM: 'xterm-256color' }, true, '256'],
    [{ TERM: 'xterm-256color' }, false, null],
    [{ TERM: 'vt100' }, true, null],
    [{ TERM: 'xterm-256color', NO_COLOR: '1' }, true, null],
    [{ TERM: 'dumb', COLORTERM: 'truecolor' }, true, null],
  ])('with %j on a terminal: %s gives %s', (environment, isTTY, expected) => {
    expect(colourDepth({ isTTY, environment })).toBe(expected);
  });
});
