import { Fault } from '../../../config/foundation/fault.ts';

/** One line of a table with named columns. */
export interface LabelRow {
  /** Null where the column is not there or its cell is empty. */
  cell(column: string): string | null;
  /** A Fault that names file, line and column: `evaluate/bad-labels`. */
  refuse(column: string, advice: string): Fault;
}

/**
 * The lines of a file with tabs between cells and the columns' names in its first line. Lines without anything in them are passed over, and
 * so is the mark that some programs put before the first column's name.
 */
export function labelRows(path: string, content: string, needed: readonly string[]): readonly LabelRow[] {
  const lines = content
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, at) => ({ cells: line.split('\t').map((cell) => cell.trim()), number: at + 1 }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const [header = { cells: [], number: 1 }, ...rows] = lines;
  for (const column of needed) {
    if (header.cells.includes(column)) continue;
    throw new Fault(
      'evaluate/bad-labels',
      `${path}:${header.number}: there is no column ${column}; the first line must name the columns, ${needed.join(' and ')} among them, with tabs between`,
    );
  }
  return rows.map(({ cells, number }) => ({
    cell: (column) => cells[header.cells.indexOf(column)] || null,
    refuse: (column, advice) => new Fault('evaluate/bad-labels', `${path}:${number}: ${column}: ${advice}`),
  }));
}
