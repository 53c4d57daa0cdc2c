import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real file system of a few megabytes, which can be filled to its last byte. */
export interface SmallDisk {
  readonly folder: string;
  /** Another program takes all that is left; returns how many bytes. Calling it again takes what became free since. */
  fill(): number;
  /** The other program's file is deleted. */
  clear(): void;
  /** Refused while a file on it is open for writing. */
  setReadOnly(readOnly: boolean): void;
  close(): void;
}

/** Mounting takes the rights of the superuser; where tests must not be skipped (continuous integration), their lack throws. */
export function canMount(): boolean {
  try {
    mountSmallDisk(1).close();
    return true;
  } catch (cause) {
    if (process.env.CI) throw new Error('cannot mount a file system: run the tests as root', { cause });
    console.warn('skipped: tests on a full disk mount a small file system, which takes root');
    return false;
  }
}

export function mountSmallDisk(megabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'hazeldonk', folder], { stdio: 'ignore' });
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill: () => appendUntilFull(ballast),
    clear: () => rmSync(ballast, { force: true }),
    setReadOnly(readOnly) {
      execFileSync('mount', ['-o', `remount,${readOnly ? 'ro' : 'rw'}`, folder], { stdio: 'ignore' });
    },
    close() {
      execFileSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function appendUntilFull(path: string): number {
  const file = openSync(path, 'a');
  let written = 0;
  try {
    for (const bytes of [65_536, 4_096]) {
      const block = Buffer.alloc(bytes, 1);
      while (freeBytes(path) > 0 && tryWrite(file, block)) written += bytes;
    }
  } finally {
    closeSync(file);
  }
  return written;
}

function tryWrite(file: number, block: Uint8Array): boolean {
  try {
    return writeSync(file, block) === block.byteLength;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    return false;
  }
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
