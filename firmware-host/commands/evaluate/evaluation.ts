import type { Luma } from '../../../recognizer/luma.ts';
import type { Recognizer } from '../../../recognizer/recognizer.ts';
import type { LabelledPicture } from './labels.ts';
import { type ScoredPlate, scorePicture, scorePlate } from './scoring.ts';
import { Tallies } from './tally.ts';
import { Vehicles } from './vehicles.ts';

/** A read that stands on no plate does harm from this probability of its text on. */
const LIKELY = 0.5;

/** A plate that was not read as it should have been, with the picture it is in. */
export interface Failure {
  readonly file: string;
  readonly luma: Luma;
  readonly scored: ScoredPlate;
}

/** What became of a folder of labelled pictures. */
export class Evaluation {
  readonly tallies: Tallies;
  readonly vehicles = new Vehicles();
  readonly failures: Failure[] = [];
  readonly detectMs: number[] = [];
  readonly readMs: number[] = [];
  pictures = 0;
  /** Pictures that could not be read; nothing else is counted of them. */
  leftOut = 0;
  falsePlates = 0;
  likelyFalsePlates = 0;
  picturesWithFalsePlates = 0;

  readonly #recognizer: Recognizer;

  constructor(recognizer: Recognizer) {
    this.#recognizer = recognizer;
    this.tallies = new Tallies(recognizer.cards.reader.countries);
  }

  /** Finds and reads the plates of a picture and scores them. */
  async addPicture(picture: LabelledPicture, luma: Luma): Promise<void> {
    const reads = await this.#recognizer.read(luma);
    const scored = scorePicture(picture.plates, reads);
    this.#count(picture.file, luma, scored.plates);
    this.detectMs.push(this.#recognizer.lastMs.detect);
    if (reads.length > 0) this.readMs.push(this.#recognizer.lastMs.read / reads.length);
    this.vehicles.add(luma, scored.plates);
    this.falsePlates += scored.falseReads.length;
    this.likelyFalsePlates += scored.falseReads.filter((read) => (read.spellings[0]?.probability ?? 0) > LIKELY).length;
    if (scored.falseReads.length > 0) this.picturesWithFalsePlates++;
  }

  /** Reads a picture that is one plate already cut out and scores it. */
  async addCrop(picture: LabelledPicture, luma: Luma): Promise<void> {
    const read = await this.#recognizer.readCrop(luma);
    this.readMs.push(this.#recognizer.lastMs.read);
    const scored = picture.plates.filter(({ unscored }) => !unscored).map((plate) => scorePlate(plate, read));
    this.#count(picture.file, luma, scored);
  }

  /** Notes a picture that could not be read. */
  leaveOut(): void {
    this.leftOut++;
  }

  #count(file: string, luma: Luma, scored: readonly ScoredPlate[]): void {
    this.pictures++;
    for (const plate of scored) {
      this.tallies.add(plate);
      if (!plate.folded) this.failures.push({ file, luma, scored: plate });
    }
  }
}
