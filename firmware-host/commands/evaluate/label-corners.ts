import type { Corners } from '../../../recognizer/plate.ts';
import type { LabelRow } from './label-rows.ts';

/** Where a row says that its plate is, by x y w h or by x0 y0 to x3 y3; null where it says nothing. Fault: `evaluate/bad-labels`. */
export function cornersOf(row: LabelRow): Corners | null {
  return boxOf(row) ?? quadOf(row);
}

/** A box of pixels covers half a pixel more than the centres of its outer pixels. */
function boxOf(row: LabelRow): Corners | null {
  const numbers = allOrNone(row, ['x', 'y', 'w', 'h']);
  if (numbers === null) return null;
  const [x = 0, y = 0, w = 0, h = 0] = numbers;
  if (w <= 0) throw row.refuse('w', NO_AREA);
  if (h <= 0) throw row.refuse('h', NO_AREA);
  const [left, top] = [x - 0.5, y - 0.5];
  return [
    [left, top],
    [left + w, top],
    [left + w, top + h],
    [left, top + h],
  ];
}

const NO_AREA = 'a box is wider and higher than 0; leave all of x y w h empty where nobody noted it';

function quadOf(row: LabelRow): Corners | null {
  const numbers = allOrNone(row, ['x0', 'y0', 'x1', 'y1', 'x2', 'y2', 'x3', 'y3']);
  if (numbers === null) return null;
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0, x3 = 0, y3 = 0] = numbers;
  return [
    [x0, y0],
    [x1, y1],
    [x2, y2],
    [x3, y3],
  ];
}

/** The numbers of these columns, or null where all of them are empty: of some alone no place can be made. */
function allOrNone(row: LabelRow, columns: readonly string[]): readonly number[] | null {
  const cells = columns.map((column) => ({ column, told: row.cell(column) }));
  if (cells.every(({ told }) => told === null)) return null;
  return cells.map(({ column, told }) => {
    if (told === null)
      throw row.refuse(column, `is empty; ${columns.join(' ')} belong together, fill all of them or none`);
    const value = Number(told);
    if (!Number.isFinite(value)) throw row.refuse(column, `${JSON.stringify(told)} is no number of pixels`);
    return value;
  });
}
