import { mkdir, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';
import { annotatedJpeg } from '../../../recognizer/picture/annotate.ts';
import type { PictureRead } from './picture-reader.ts';
import { percent } from './read-result.ts';

/** Writes each picture with its plates drawn on it into a folder. */
export class Annotations {
  readonly #folder: string;
  readonly #used = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async write({ result, picture }: PictureRead): Promise<void> {
    const marks = result.plates.map(({ corners, text, probability, country }) => ({
      corners,
      caption: `${text} ${country} ${percent(probability)}`,
    }));
    await this.#makeFolder();
    await writeFile(
      join(this.#folder, this.#freeName(result.source, result.frame)),
      await annotatedJpeg(await picture(), marks),
    );
  }

  async #makeFolder(): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true });
    } catch (cause) {
      throw new Fault('read/no-folder', `cannot write pictures to ${this.#folder}: it is no folder`, { cause });
    }
  }

  /** Two sources of one name in different folders must not overwrite each other. */
  #freeName(source: string, frame: number): string {
    const stem = basename(source, extname(source)) + (frame > 0 ? `-${String(frame).padStart(6, '0')}` : '');
    let name = `${stem}.jpg`;
    for (let copy = 2; this.#used.has(name); copy++) name = `${stem}-${copy}.jpg`;
    this.#used.add(name);
    return name;
  }
}
