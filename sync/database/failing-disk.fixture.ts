import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real ext4 file system that can stop taking anything, as after an error of the disk below it. */
export interface FailingDisk {
  readonly folder: string;
  /** From here on it is read-only, also for files that are open for writing. */
  fail(): void;
  /** Unmounted, mended and mounted again; nothing on it may be open. */
  mend(): void;
  close(): void;
}

/** Mounting it takes the rights of the superuser and a loop device; where tests must not be skipped, their lack throws. */
export function canMountFailing(): boolean {
  try {
    mountFailingDisk(4).close();
    return true;
  } catch (cause) {
    if (process.env.CI) throw new Error('cannot mount ext4: run the tests as root', { cause });
    console.warn('skipped: tests on a failing disk mount ext4 from a file, which takes root and a loop device');
    return false;
  }
}

export function mountFailingDisk(megabytes: number): FailingDisk {
  const around = mkdtempSync(join(tmpdir(), 'hazeldonk-failing-'));
  const [image, folder] = [join(around, 'image'), join(around, 'disk')];
  const run = (program: string, ...args: string[]): void => void execFileSync(program, args, { stdio: 'ignore' });
  const mount = (): void => run('mount', '-t', 'ext4', '-o', 'loop,errors=remount-ro', image, folder);
  try {
    writeFileSync(image, '');
    truncateSync(image, megabytes * 1_048_576);
    mkdirSync(folder);
    run('mkfs.ext4', '-q', '-F', image);
    mount();
  } catch (error) {
    rmSync(around, { recursive: true });
    throw error;
  }
  return {
    folder,
    fail: () => run('mount', '-o', 'remount,abort', folder),
    mend() {
      run('umount', folder);
      // 1: errors were corrected.
      const { status } = spawnSync('e2fsck', ['-p', '-f', image]);
      if (status === null || status > 1) throw new Error(`e2fsck ended with ${status}`);
      mount();
    },
    close() {
      run('umount', '--lazy', folder);
      rmSync(around, { recursive: true });
    },
  };
}
