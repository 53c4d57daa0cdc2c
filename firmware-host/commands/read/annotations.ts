import { mkdir, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';
import { annotatedJpeg } from '../../../recognizer/picture/annotate.ts';
import type { PictureRead } from './picture-reader.ts';
import { percent } from './read-result.ts';

/** Writes each picture with its plates drawn on it into a folder, and never over anything that lies there. */
export class Annotations {
  readonly #folder: string;
  /** How far the names of a stem are known to be taken. */
  readonly #copies = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Faults: `read/no-folder`, `read/not-written`. */
  async write({ result, picture }: PictureRead): Promise<void> {
    const { source, frame } = result;
    const marks = result.plates.map(({ corners, text, probability, country }) => ({
      corners,
      caption: `${text} ${country} ${percent(probability)}`,
    }));
    await this.#makeFolder();
    const jpeg = await annotatedJpeg(await picture(), marks);
    await this.#writeFree(
      basename(source, extname(source)) + (frame > 0 ? `-${String(frame).padStart(6, '0')}` : ''),
      jpeg,
    );
  }

  async #makeFolder(): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true });
    } catch (cause) {
      throw new Fault('read/no-folder', `cannot write pictures to ${this.#folder}: it is no folder`, { cause });
    }
  }

  /** Under the first free name: sources of one name must not overwrite each other, nor themselves where they lie in this very folder. */
  async #writeFree(stem: string, jpeg: Uint8Array): Promise<void> {
    for (let copy = this.#copies.get(stem) ?? 1; ; copy++) {
      this.#copies.set(stem, copy + 1);
      if (await this.#writeNew(copy === 1 ? `${stem}.jpg` : `${stem}-${copy}.jpg`, jpeg)) return;
    }
  }

  /** False when there is something of that name. */
  async #writeNew(name: string, jpeg: Uint8Array): Promise<boolean> {
    const path = join(this.#folder, name);
    try {
      await writeFile(path, jpeg, { flag: 'wx' });
      return true;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'EEXIST') return false;
      throw new Fault('read/not-written', `cannot write ${path} (${code}): make room, or name another folder`, {
        cause,
      });
    }
  }
}
