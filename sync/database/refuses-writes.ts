import { closeSync, existsSync, openSync, readSync } from 'node:fs';

// https://www.sqlite.org/fileformat2.html#file_format_version_numbers
const writeVersionAt = 18;
const newestWriteVersion = 2;

/**
 * Whether a SQLite file says that only a newer SQLite may write it: with that byte damaged it can be read, passes every check, and refuses
 * each write. To be asked while this process has the file not open: closing it here lets go the locks that the process has on it.
 */
export function refusesWrites(path: string): boolean {
  if (!existsSync(path)) return false;
  const head = Buffer.alloc(writeVersionAt + 1);
  const file = openSync(path, 'r');
  try {
    return (
      readSync(file, head, 0, head.byteLength, 0) === head.byteLength &&
      head.readUInt8(writeVersionAt) > newestWriteVersion
    );
  } finally {
    closeSync(file);
  }
}
