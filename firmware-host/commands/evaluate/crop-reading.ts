import { wholePicture } from '../../../recognizer/outlines.ts';
import type { CountryProbability, Spelling } from '../../../recognizer/plate.ts';
import { type CropReading, Reader } from '../../../recognizer/reader/reader.ts';
import { INPUT_BYTES, ReaderInput } from '../../../recognizer/reader/reader-input.ts';
import { possibleRows } from '../../../recognizer/reader/row-layout.ts';
import { type CharacterColumns, CtcBeam } from '../../../recognizer/spellings/ctc-beam.ts';
import { withSyntax } from '../../../recognizer/syntax/syntax-prior.ts';
import { labelledLuma } from './labelled-luma.ts';
import type { LabelledPicture } from './labels.ts';
import type { RenderedSet, RenderedTruth } from './rendered-set.ts';

/** A crop's truth with what the network says of it, before it is spelled. */
export interface ReadCrop {
  readonly truth: RenderedTruth;
  readonly reading: CropReading;
}

/** A crop as the program spells it. */
export interface SpelledCrop {
  readonly spellings: readonly Spelling[];
  readonly countries: readonly CountryProbability[];
}

/** As the recognizer spells plates by default. */
const SPELLINGS = { spellings: 64, floor: 1e-6 };
const PORTION = Reader.batch * 32;

/** Reads a rendered set, crop by crop. */
export async function* readCrops(reader: Reader, set: RenderedSet): AsyncGenerator<ReadCrop> {
  for await (const { pixels, truths } of set.portions(PORTION)) {
    for (let from = 0; from < truths.length; from += Reader.batch) {
      const batch = truths.slice(from, from + Reader.batch);
      reader.crops.set(pixels.subarray(from * INPUT_BYTES, (from + batch.length) * INPUT_BYTES));
      const readings = await reader.read(batch.length);
      for (const [place, truth] of batch.entries()) {
        const reading = readings[place];
        if (reading !== undefined) yield { truth, reading };
      }
    }
  }
}

/** Spells crops as the recognizer does. */
export class CropSpeller {
  readonly #beam = new CtcBeam(SPELLINGS);

  /** With a temperature other than 1 the characters are first made so much less sure. */
  spell({ columns, countries }: CropReading, temperature = 1): SpelledCrop {
    const tempered = temperature === 1 ? columns : temperedColumns(columns, temperature);
    return withSyntax({ spellings: this.#beam.spellings(tempered), countries });
  }
}

function temperedColumns({ logProbabilities, alphabet }: CharacterColumns, temperature: number): CharacterColumns {
  const symbols = alphabet.length + 1;
  const tempered = new Float32Array(logProbabilities.length);
  for (let from = 0; from < tempered.length; from += symbols) {
    let sum = 0;
    for (let at = from; at < from + symbols; at++) sum += Math.exp((logProbabilities[at] ?? 0) / temperature);
    const norm = Math.log(sum);
    for (let at = from; at < from + symbols; at++) tempered[at] = (logProbabilities[at] ?? 0) / temperature - norm;
  }
  return { logProbabilities: tempered, alphabet };
}

const NO_GROWTH = { x: 0, y: 0 };

/** Reads the pictures of cut-out plates as the recognizer reads a crop, but leaves the spelling to the caller. */
export async function* readPictureCrops(
  reader: Reader,
  pictures: readonly LabelledPicture[],
): AsyncGenerator<{ readonly text: string; readonly reading: CropReading }> {
  const input = new ReaderInput();
  const speller = new CropSpeller();
  for (const picture of pictures) {
    const scored = picture.plates.filter(({ unscored }) => !unscored);
    if (scored.length === 0) continue;
    const luma = await labelledLuma(picture);
    const corners = wholePicture(luma);
    const rows = possibleRows(corners);
    for (const [place, count] of rows.entries())
      input.write(luma, { corners, growth: NO_GROWTH, rows: count }, reader.crops, place * INPUT_BYTES);
    const readings = await reader.read(rows.length);
    const likelihood = (reading: CropReading) =>
      (speller.spell(reading).spellings[0]?.probability ?? 0) * reading.plate;
    const best = readings.reduce((a, b) => (likelihood(b) > likelihood(a) ? b : a));
    for (const { text } of scored) yield { text, reading: best };
  }
}
