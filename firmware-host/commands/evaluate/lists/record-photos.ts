import { basename, dirname } from 'node:path';
import type { Luma } from '../../../../recognizer/luma.ts';
import { wholePicture } from '../../../../recognizer/outlines.ts';
import { readabilityOf } from '../../../../recognizer/passages/readability.ts';
import { decodeLuma } from '../../../../recognizer/picture/decode-luma.ts';
import { loadPicture } from '../../../../recognizer/picture/load-picture.ts';
import type { PlateRead } from '../../../../recognizer/plate.ts';
import type { Recognizer } from '../../../../recognizer/recognizer.ts';
import { filesOfPart, type LabelledPicture, labelledPictures } from '../labels.ts';
import { scorePicture } from '../scoring.ts';
import { countRecorded, lookOf, type RecordedLook, RecordingWriter, type RecordProgress } from './recording.ts';

export interface PhotosRecording {
  readonly file: string;
  readonly recognizer: Recognizer;
  readonly onProgress: RecordProgress;
}

/** Labelled photographs; `crops` are plates already cut out. */
export interface Photographs {
  readonly folder: string;
  readonly crops: boolean;
  /** Take only the part of the split file (name, tab, part). */
  readonly split: string | undefined;
  readonly part: string;
}

/** Records the labelled plates of a folder, each as a passage of one look. */
export async function recordPhotos(
  recording: PhotosRecording,
  { folder, crops, split, part }: Photographs,
): Promise<void> {
  const set = setName(folder);
  if ((await countRecorded(recording.file, set)) > 0) return;
  const wanted = split === undefined ? null : await filesOfPart(split, part);
  const pictures = (await labelledPictures(folder)).filter(({ file }) => wanted?.has(file) ?? true);
  const writer = new RecordingWriter(recording.file);
  try {
    for (const [at, picture] of pictures.entries()) {
      const luma = await decodeLuma(await loadPicture(picture.path));
      for (const { plate, read } of await readPlates(recording.recognizer, picture, luma, crops)) {
        const looks = read === null ? [] : [await lookAt(recording.recognizer, luma, read, crops)];
        await writer.add({ set, text: plate.text, country: plate.country, looks });
      }
      recording.onProgress(at + 1, pictures.length, set);
    }
  } finally {
    await writer.close();
  }
}

async function readPlates(recognizer: Recognizer, picture: LabelledPicture, luma: Luma, crops: boolean) {
  // As a node does, which keeps where each plate was found.
  if (!crops)
    return scorePicture(picture.plates, await recognizer.readQuads(luma, await recognizer.detect(luma))).plates;
  const read = await recognizer.readCrop(luma);
  return picture.plates.filter(({ unscored }) => !unscored).map((plate) => ({ plate, read }));
}

/** One look, read again as a node does before it reports a passage; its readability is that of where the plate was found. */
async function lookAt(recognizer: Recognizer, luma: Luma, read: PlateRead, crop: boolean): Promise<RecordedLook> {
  const again = await (crop ? recognizer.readCropAgain(luma, read) : recognizer.readAgain(luma, read));
  const found = crop ? wholePicture(luma) : read.corners;
  return lookOf({ read: again, timeMs: 0, readability: readabilityOf(luma, found) });
}

/** `eu-plates/val` and the like: a bare `val` says nothing. */
function setName(folder: string): string {
  const name = basename(folder);
  return name === 'val' ? `${basename(dirname(folder))}/${name}` : name;
}
