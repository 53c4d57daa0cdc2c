import { Fault } from '../../config/foundation/fault.ts';
import glyphs from './glyphs.json';
import type { FlatPoint, Outline, Segment } from './outline.ts';

/** Faces whose outlines ship with the demo; NOTICE names their authors and licences. */
export type FaceName = keyof typeof glyphs.faces;

/** One letter at a cap height of 1: baseline at v = 0, v up, pen starting at u = 0. */
export interface Glyph {
  readonly advance: number;
  readonly outline: Outline;
}

const parsed = new Map<string, Glyph>();

/** The outline of one of A-Z, 0-9. */
export function glyphOf(face: FaceName, letter: string): Glyph {
  const key = `${face} ${letter}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const letters: Readonly<Record<string, { advance: number; path: string }>> = glyphs.faces[face];
  const source = letters[letter];
  if (source === undefined) throw new Fault('demo/no-such-letter', 'the demo draws A-Z and 0-9 only');
  const glyph = { advance: source.advance / glyphs.capHeight, outline: parsePath(source.path, 1 / glyphs.capHeight) };
  parsed.set(key, glyph);
  return glyph;
}

/** Reads the part of SVG path data that the converter writes: absolute M, L, H, V, Q and Z. */
export function parsePath(path: string, scale: number): Outline {
  const segments: Segment[] = [];
  let pen: FlatPoint = [0, 0];
  for (const [, command = '', operands = ''] of path.matchAll(/([MLHVQZ])([^MLHVQZ]*)/g)) {
    const numbers = (operands.match(/-?\d+/g) ?? []).map((text) => Number(text) * scale);
    const number = (index: number): number => numbers[index] ?? 0;
    if (command === 'Z') segments.push({ to: 'close' });
    else if (command === 'Q') {
      for (let i = 0; i + 3 < numbers.length; i += 4) {
        pen = [number(i + 2), number(i + 3)];
        segments.push({ to: 'curve', control: [number(i), number(i + 1)], end: pen });
      }
    } else if (command === 'H' || command === 'V') {
      pen = command === 'H' ? [number(0), pen[1]] : [pen[0], number(0)];
      segments.push({ to: 'line', end: pen });
    } else {
      for (let i = 0; i + 1 < numbers.length; i += 2) {
        pen = [number(i), number(i + 1)];
        segments.push({ to: command === 'M' && i === 0 ? 'move' : 'line', end: pen });
      }
    }
  }
  return segments;
}
