import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';
import type { Corners } from '../../../recognizer/plate.ts';
import { longestPlate } from '../../../sync/lists/canonical-plate.ts';
import { cornersOf } from './label-corners.ts';
import { type LabelRow, labelRows } from './label-rows.ts';
import { canonicalLabel } from './label-text.ts';

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

/**
 * The pictures of a folder with the plates of its labels.tsv: columns file and text, and as they are there country,
 * quality, remark, and x y w h or x0 y0 to x3 y3; an empty cell says nothing. Without labels.tsv every picture is one without plates.
 * Faults: `evaluate/bad-labels`, `evaluate/no-pictures`.
 */
export async function labelledPictures(folder: string): Promise<readonly LabelledPicture[]> {
  const names = await namesIn(folder);
  const pictures = names.includes('images') ? join(folder, 'images') : folder;
  const plates = names.includes('labels.tsv') ? await readLabels(join(folder, 'labels.tsv')) : null;
  const files =
    plates === null
      ? (await namesIn(pictures)).filter((name) => /\.(jpe?g|png|webp)$/i.test(name))
      : [...plates.keys()];
  if (files.length === 0) throw new Fault('evaluate/no-pictures', `no pictures in ${folder}`);
  return files.sort().map((file) => ({ file, path: join(pictures, file), plates: plates?.get(file) ?? [] }));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch((cause: unknown) => {
    throw new Fault('evaluate/no-pictures', `cannot read the folder ${folder}`, { cause });
  });
}

/** The pictures' names that a split file (`name<TAB>part` a line) gives to a part. */
export async function filesOfPart(path: string, part: string): Promise<ReadonlySet<string>> {
  return new Set((await namedLines(path)).flatMap(([file, of]) => (of === part ? [file] : [])));
}

/** The country signs that were read by eye, by picture, of a file `name<TAB>letters` a line. */
export async function signsOf(path: string): Promise<ReadonlyMap<string, string>> {
  return new Map((await namedLines(path)).map(([file, letters]) => [file, letters.toUpperCase()] as const));
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
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trimEnd());
  return lines.flatMap((line, at) => {
    if (line === '') return [];
    const [name = '', word = '', ...more] = line.split('\t');
    if (name === '' || word === '' || more.length > 0)
      throw new Fault('evaluate/bad-names', `${path}:${at + 1}: a picture's name, a tab and one word belong here`);
    return [[name, word] as const];
  });
}

async function readLabels(path: string): Promise<ReadonlyMap<string, readonly LabelledPlate[]>> {
  const content = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Fault('evaluate/bad-labels', `cannot read ${path}`, { cause });
  });
  const plates = new Map<string, LabelledPlate[]>();
  for (const row of labelRows(path, content, ['file', 'text'])) {
    const file = row.cell('file');
    if (file === null) throw row.refuse('file', 'is empty; the name of a picture belongs here');
    plates.set(file, [...(plates.get(file) ?? []), plateOf(row)]);
  }
  return plates;
}

function plateOf(row: LabelRow): LabelledPlate {
  const typed = row.cell('text');
  if (typed === null) throw row.refuse('text', 'is empty; type what the plate says, ? for what cannot be read');
  const text = canonicalLabel(typed);
  if (text === null)
    throw row.refuse(
      'text',
      `${JSON.stringify(typed)} is no plate; at most ${longestPlate} of A-Z, 0-9 and ? belong here`,
    );
  const country = row.cell('country');
  const remark = row.cell('remark') ?? '';
  return {
    text,
    country: country === null || country === '?' ? null : country.toUpperCase(),
    signed: !NO_SIGN.test(remark),
    quality: row.cell('quality'),
    corners: cornersOf(row),
    unscored: text.includes('?') || remark.includes('ambiguous'),
  };
}

const NO_SIGN = /inferred|no band|no country sign/;
