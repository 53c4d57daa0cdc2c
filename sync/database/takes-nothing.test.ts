import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from './database.ts';
import { canMountFailing, mountFailingDisk } from './failing-disk.fixture.ts';
import { ReserveFile } from './reserve-file.ts';
import { canMount, mountSmallDisk } from './small-disk.fixture.ts';
import { onReadOnlyDisk, takesNothing } from './takes-nothing.ts';

const withCode = (code: string): Error => Object.assign(new Error('no'), { code });

describe('a disk that takes nothing', () => {
  it.each([
    'SQLITE_FULL',
    'SQLITE_READONLY',
    'SQLITE_READONLY_DIRECTORY',
    'SQLITE_IOERR_WRITE',
    'SQLITE_IOERR_FSYNC',
    'EROFS',
  ])('is what %s tells of', (code) => expect(takesNothing(withCode(code))).toBe(true));

  it.each(['SQLITE_CORRUPT', 'SQLITE_IOERR_READ', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CANTOPEN', 'ENOENT'])(
    'is not what %s tells of',
    (code) => expect(takesNothing(withCode(code))).toBe(false),
  );

  it.skipIf(!canMount())('is one that was made read-only, and no longer when it is not', () => {
    const disk = mountSmallDisk(1);
    onTestFinished(() => disk.close());
    const path = join(disk.folder, 'file');
    expect(onReadOnlyDisk(path)).toBe(false);
    disk.fill();
    expect(onReadOnlyDisk(path)).toBe(false);
    disk.setReadOnly(true);
    expect(onReadOnlyDisk(path)).toBe(true);
    disk.setReadOnly(false);
    expect(onReadOnlyDisk(path)).toBe(false);
  });

  it.skipIf(!canMountFailing())('is one that failed under a database', () => {
    const disk = mountFailingDisk(8);
    onTestFinished(() => disk.close());
    const database = openDatabase(join(disk.folder, 'a.sqlite'));
    onTestFinished(() => void database.close());
    database.exec('CREATE TABLE t (x INTEGER) STRICT');
    disk.fail();
    expect(onReadOnlyDisk(database.name)).toBe(true);
    let failure: unknown = null;
    try {
      database.exec('INSERT INTO t VALUES (1)');
    } catch (error) {
      failure = error;
    }
    expect(takesNothing(failure)).toBe(true);
    expect(database.prepare('SELECT COUNT(*) FROM t').pluck().get()).toBe(0);
  });
});

describe.skipIf(!canMount())('a reserve on a read-only disk', () => {
  it('stays where it is, and is let go once the disk takes that', () => {
    const disk = mountSmallDisk(4);
    onTestFinished(() => disk.close());
    const reserve = new ReserveFile(join(disk.folder, 'reserve'), 1_048_576);
    expect(reserve.renew()).toBe(true);
    disk.setReadOnly(true);
    expect(reserve.release()).toBe(false);
    expect(reserve.held).toBe(true);
    disk.setReadOnly(false);
    expect(reserve.release()).toBe(true);
  });

  it('is not taken there', () => {
    const disk = mountSmallDisk(4);
    onTestFinished(() => disk.close());
    const path = join(disk.folder, 'reserve');
    writeFileSync(path, 'the beginning of one');
    disk.setReadOnly(true);
    const reserve = new ReserveFile(path, 1_048_576);
    expect(reserve.renew()).toBe(false);
    disk.setReadOnly(false);
    expect(reserve.renew()).toBe(true);
    rmSync(path);
  });
});
