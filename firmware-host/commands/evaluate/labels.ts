import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../../../config/foundation/fault.ts';
import type { Corners } from '../../../recognizer/plate.ts';

/** One plate that somebody typed from a picture. */
export interface LabelledPlate {
  readonly text: string;
  readonly country: string | null;
  /** Whether the plate itself says so: false where somebody inferred the country, because no sign is there to be read. */
  readonly signed: boolean;
  readonly quality: string | null;
  /** Null where only its picture is known. */
  readonly corners: Corners | null;
  /** Not scored, and finding it is not false either: unreadable in part, or ambiguous. */
  readonly unscored: boolean;
}

export interface LabelledPicture {
  readonly file: string;
  readonly path: string;
  readonly plates: readonly LabelledPlate[];
}

const number = z.coerce.number().finite();
const optional = z.string().optional();
const rowSchema = z.object({
  file: z.string().min(1),
  text: z.string().min(1),
  country: optional,
  quality: optional,
  remark: optional,
});
const boxSchema = z.object({ x: number, y: number, w: number, h: number });
const cornersSchema = z.object({
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  x3: number,
  y3: number,
});

/**
 * The pictures of a folder with the plates of its labels.tsv: columns file and text, and as they are there country,
 * quality, remark, and x y w h or x0 y0 to x3 y3. Without labels.tsv every picture is one without plates.
 * Faults: `evaluate/bad-labels`, `evaluate/no-pictures`.
 */
export async function labelledPictures(folder: string): Promise<readonly LabelledPicture[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new Fault('evaluate/no-pictures', `cannot read the folder ${folder}`, { cause });
  });
  const pictures = names.includes('images') ? join(folder, 'images') : folder;
  const plates = names.includes('labels.tsv') ? await readLabels(join(folder, 'labels.tsv')) : null;
  const files =
    plates === null
      ? (await readdir(pictures)).filter((name) => /\.(jpe?g|png|webp)$/i.test(name))
      : [...plates.keys()];
  if (files.length === 0) throw new Fault('evaluate/no-pictures', `no pictures in ${folder}`);
  return files.sort().map((file) => ({ file, path: join(pictures, file), plates: plates?.get(file) ?? [] }));
}

/** The pictures' names that a split file (`name<TAB>part` a line) gives to a part. */
export async function filesOfPart(path: string, part: string): Promise<ReadonlySet<string>> {
  return new Set((await namedLines(path)).flatMap(([file, of]) => (of === part ? [file] : [])));
}

/** The country signs that were read by eye, by picture, of a file `name<TAB>letters` a line. */
export async function signsOf(path: string): Promise<ReadonlyMap<string, string>> {
  return new Map(await namedLines(path));
}

/** The pictures, where a plate is signed only if its sign was read by eye and is that of its country. */
export function signedAsRead(
  pictures: readonly LabelledPicture[],
  signs: ReadonlyMap<string, string>,
): readonly LabelledPicture[] {
  return pictures.map((picture) => {
    const sign = signs.get(picture.file);
    const plates = picture.plates.map((plate) => ({ ...plate, signed: sign !== undefined && sign === plate.country }));
    return { ...picture, plates };
  });
}

/** The lines `name<TAB>word` of a file. Fault: `evaluate/bad-names`. */
async function namedLines(path: string): Promise<readonly (readonly [string, string])[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Fault('evaluate/bad-names', `cannot read ${path}`, { cause });
  });
  const lines = text.split(/\r?\n/).map((line) => line.trimEnd());
  return lines.flatMap((line, at) => {
    if (line === '') return [];
    const [name = '', word = '', ...more] = line.split('\t');
    if (name === '' || word === '' || more.length > 0)
      throw new Fault('evaluate/bad-names', `${path}:${at + 1}: a picture's name, a tab and one word belong here`);
    return [[name, word] as const];
  });
}

async function readLabels(path: string): Promise<ReadonlyMap<string, readonly LabelledPlate[]>> {
  const [header = '', ...lines] = (await readFile(path, 'utf8')).split(/\r?\n/).filter((line) => line !== '');
  const columns = header.split('\t');
  const plates = new Map<string, LabelledPlate[]>();
  for (const [index, line] of lines.entries()) {
    const cells = line.split('\t');
    const fields = Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? '']));
    const row = rowSchema.safeParse(fields);
    if (!row.success)
      throw new Fault('evaluate/bad-labels', `${path}:${index + 2}: ${row.error.issues[0]?.message ?? ''}`);
    const { file, text, country, quality, remark } = row.data;
    const plate = {
      text,
      country: country === undefined || country === '?' || country === '' ? null : country,
      signed: !NO_SIGN.test(remark ?? ''),
      quality: quality === undefined || quality === '' ? null : quality,
      corners: cornersOf(fields),
      unscored: text.includes('?') || (remark ?? '').includes('ambiguous'),
    };
    plates.set(file, [...(plates.get(file) ?? []), plate]);
  }
  return plates;
}

const NO_SIGN = /inferred|no band|no country sign/;

/** A box of pixels covers half a pixel more than the centres of its outer pixels. */
function cornersOf(fields: Readonly<Record<string, string>>): Corners | null {
  const box = boxSchema.safeParse(fields);
  if (box.success) {
    const left = box.data.x - 0.5;
    const top = box.data.y - 0.5;
    const right = left + box.data.w;
    const bottom = top + box.data.h;
    return [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ];
  }
  const corners = cornersSchema.safeParse(fields);
  if (!corners.success) return null;
  const { x0, y0, x1, y1, x2, y2, x3, y3 } = corners.data;
  return [
    [x0, y0],
    [x1, y1],
    [x2, y2],
    [x3, y3],
  ];
}
