import { closeSync, constants, copyFileSync, existsSync, fstatSync, openSync, writeSync } from 'node:fs';
import { openDatabase } from '../database/database.ts';
import { layOut } from './outbox-layout.ts';

// https://www.sqlite.org/fileformat2.html#the_database_header
const pageSizeAt = 16;
const writeVersionAt = 18;
const readVersionAt = 19;
const pageCountAt = 28;
const freelistAt = 32;
const inWalMode = 2;

/**
 * Copies an outbox's file, with its log of writes, and gives the copy a first page as every outbox has it: for a file whose own, which
 * says where each table begins, is lost or makes no sense.
 *
 * Invariant: an outbox's tables begin at the same pages in every file, because they are made in one order and auto_vacuum keeps the
 * pages at which tables begin at the front.
 */
export function copyWithNewFirstPage(path: string, copy: string): void {
  const suffixes = existsSync(`${path}-wal`) ? ['', '-wal'] : [''];
  for (const suffix of suffixes) copyFileSync(path + suffix, copy + suffix, constants.COPYFILE_FICLONE);
  const file = openSync(copy, 'r+');
  try {
    const page = soundFirstPage();
    page.writeUInt32BE(Math.floor(fstatSync(file).size / page.byteLength), pageCountAt);
    writeSync(file, page, 0, page.byteLength, 0);
  } finally {
    closeSync(file);
  }
}

function soundFirstPage(): Buffer {
  const database = openDatabase(':memory:', { shrinks: true });
  try {
    layOut(database);
    const bytes = database.serialize();
    const page = bytes.subarray(0, bytes.readUInt16BE(pageSizeAt));
    page[writeVersionAt] = inWalMode;
    page[readVersionAt] = inWalMode;
    // Which pages are free is not asked for where nothing is written.
    page.fill(0, freelistAt, freelistAt + 8);
    return page;
  } finally {
    database.close();
  }
}
