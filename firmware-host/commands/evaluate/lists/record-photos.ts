import { Fault } from '../../../../config/foundation/fault.ts';
import type { Luma } from '../../../../recognizer/luma.ts';
import { wholePicture } from '../../../../recognizer/outlines.ts';
import { readabilityOf } from '../../../../recognizer/passages/readability.ts';
import type { PlateRead } from '../../../../recognizer/plate.ts';
import type { Recognizer } from '../../../../recognizer/recognizer.ts';
import { labelledLuma } from '../labelled-luma.ts';
import { filesOfPart, type LabelledPicture, type LabelledPlate, labelledPictures } from '../labels.ts';
import { scorePicture } from '../scoring.ts';
import {
  lookOf,
  type RecordedLook,
  type RecordedPlate,
  RecordingWriter,
  type RecordProgress,
  recordedPlates,
} from './recording.ts';

export interface PhotosRecording {
  readonly file: string;
  readonly recognizer: Recognizer;
  readonly onProgress: RecordProgress;
  /** Is told, a line each, of sets that the file holds already, whole or in part. */
  readonly say: (line: string) => void;
}

/** Labelled photographs; `crops` are plates already cut out. */
export interface Photographs {
  /** What they are called in the recording. */
  readonly set: string;
  readonly folder: string;
  readonly crops: boolean;
  /** Take only the part of the split file (name, tab, part). */
  readonly split: string | undefined;
  readonly part: string;
}

/**
 * Records the labelled plates of a folder, each as a passage of one look. They come in a fixed order, so that a recording that was
 * interrupted goes on with the first plate that it lacks. Faults: `evaluate/other-recording`, `evaluate/no-pictures`, those of pictures.
 */
export async function recordPhotos(
  { file, recognizer, onProgress, say }: PhotosRecording,
  { set, folder, crops, split, part }: Photographs,
): Promise<void> {
  const pictures = await picturesToRecord({ folder, split, part });
  const plates = pictures.flatMap(scoredPlates);
  if (plates.length === 0)
    throw new Fault('evaluate/no-pictures', `${folder} has no labelled plates to record: it needs labels.tsv`);
  const held = await recordedPlates(file, set);
  refuseOthers(plates, held, `${file} holds other plates as ${set} than ${folder}`);
  if (held.length === plates.length) return say(`${set}: complete, ${plates.length} plates`);
  if (held.length > 0) say(`${set}: resumed at plate ${held.length + 1} of ${plates.length}`);
  const writer = new RecordingWriter(file);
  let known = held.length;
  try {
    for (const [at, picture] of pictures.entries()) {
      const own = scoredPlates(picture).length;
      if (own > known) {
        const luma = await labelledLuma(picture);
        for (const { plate, read } of (await readPlates(recognizer, picture, luma, crops)).slice(known)) {
          const looks = read === null ? [] : [await lookAt(recognizer, luma, read, crops)];
          await writer.add({ set, text: plate.text, country: plate.country, looks });
        }
      }
      known = Math.max(0, known - own);
      onProgress(at + 1, pictures.length, set);
    }
  } finally {
    await writer.close();
  }
}

/** In the order in which they are recorded. */
export async function picturesToRecord({
  folder,
  split,
  part,
}: Pick<Photographs, 'folder' | 'split' | 'part'>): Promise<readonly LabelledPicture[]> {
  const wanted = split === undefined ? null : await filesOfPart(split, part);
  return (await labelledPictures(folder)).filter(({ file }) => wanted?.has(file) ?? true);
}

/** Those that are recorded. */
export function scoredPlates({ plates }: LabelledPicture): readonly LabelledPlate[] {
  return plates.filter(({ unscored }) => !unscored);
}

/** What was recorded must be the beginning of what is recorded now, or two folders would become one set. */
function refuseOthers(plates: readonly LabelledPlate[], held: readonly RecordedPlate[], what: string): void {
  if (isBeginningOf(held, plates)) return;
  throw new Fault(
    'evaluate/other-recording',
    `${what}: those of a folder of the same name, another part, or labels that were changed since; record into another file`,
  );
}

/** Whether these were recorded so far, were those recorded. */
export function isBeginningOf(held: readonly RecordedPlate[], plates: readonly RecordedPlate[]): boolean {
  return held.every(({ text, country }, at) => text === plates[at]?.text && country === plates[at]?.country);
}

async function readPlates(recognizer: Recognizer, picture: LabelledPicture, luma: Luma, crops: boolean) {
  // As a node does, which keeps where each plate was found.
  if (!crops)
    return scorePicture(picture.plates, await recognizer.readQuads(luma, await recognizer.detect(luma))).plates;
  const read = await recognizer.readCrop(luma);
  return scoredPlates(picture).map((plate) => ({ plate, read }));
}

/** One look, read again as a node does before it reports a passage; its readability is that of where the plate was found. */
async function lookAt(recognizer: Recognizer, luma: Luma, read: PlateRead, crop: boolean): Promise<RecordedLook> {
  const again = await (crop ? recognizer.readCropAgain(luma, read) : recognizer.readAgain(luma, read));
  const found = crop ? wholePicture(luma) : read.corners;
  return lookOf({ read: again, timeMs: 0, readability: readabilityOf(luma, found) });
}
