import { Fault } from '../../config/foundation/fault.ts';
import type { CountryProbability } from '../plate.ts';
import { openModel } from '../runtime/model.ts';
import { type ReaderCard, readerCardSchema } from '../runtime/model-card.ts';
import type { Session } from '../runtime/session.ts';
import type { CharacterColumns } from '../spellings/ctc-beam.ts';
import { normalisePixels } from './normalised-pixels.ts';
import { ENDS_HEIGHT_PX, ENDS_WIDTH_PX, INPUT_BYTES } from './reader-input.ts';
import { CROP_BYTES, CROP_HEIGHT_PX, CROP_WIDTH_PX } from './row-layout.ts';

/** What the network says of one crop. */
export interface CropReading {
  readonly columns: CharacterColumns;
  readonly countries: readonly CountryProbability[];
  /** Probability that the crop shows a readable plate. */
  readonly plate: number;
}

/** Runs the reader over plates as `ReaderInput` cuts them out. */
export class Reader {
  /** Plates that fit into one run; the caller writes their inputs one after another into `crops`. */
  static readonly batch = 16;

  readonly crops = new Uint8Array(Reader.batch * INPUT_BYTES);
  readonly card: ReaderCard;
  readonly #session: Session;
  readonly #normalised = new Uint8Array(Reader.batch * INPUT_BYTES);

  private constructor(session: Session, card: ReaderCard) {
    this.#session = session;
    this.card = card;
  }

  static async open(modelsFolder: string): Promise<Reader> {
    const { session, card } = await openModel(modelsFolder, 'reader', readerCardSchema);
    return new Reader(session, card);
  }

  /** Reads the first `count` crops. */
  async read(count: number): Promise<readonly CropReading[]> {
    this.#normalise(count);
    const outputs = await this.#session.run('crops', {
      data: this.#normalised.subarray(0, count * INPUT_BYTES),
      shape: [count, INPUT_BYTES],
    });
    const { alphabet, countries } = this.card;
    const characters = outputs.get('characters') ?? new Float32Array(0);
    const countryShares = outputs.get('countries') ?? new Float32Array(0);
    const plates = outputs.get('plate') ?? new Float32Array(0);
    const symbols = alphabet.length + 1;
    const perCrop = characters.length / count;
    if (
      perCrop === 0 ||
      perCrop % symbols !== 0 ||
      countryShares.length !== count * countries.length ||
      plates.length !== count
    ) {
      throw new Fault('model/unexpected', 'the reader gave no outputs of the sizes its card names');
    }
    return Array.from({ length: count }, (_, crop) => ({
      columns: {
        logProbabilities: characters.subarray(crop * perCrop, (crop + 1) * perCrop),
        alphabet,
      },
      countries: countries.map((country, i) => ({
        country,
        probability: share(countryShares[crop * countries.length + i]),
      })),
      plate: share(plates[crop]),
    }));
  }

  /** Done here, not in the network: for one plate the runtime spends more on calling ten small operations than they take. */
  #normalise(count: number): void {
    const { cropStep, endsStep } = this.card.input;
    const data = this.crops;
    for (let place = 0; place < count; place++) {
      const offset = place * INPUT_BYTES;
      const crop = { data, offset, widthPx: CROP_WIDTH_PX, heightPx: CROP_HEIGHT_PX };
      normalisePixels(crop, cropStep, this.#normalised);
      const ends = { data, offset: offset + CROP_BYTES, widthPx: ENDS_WIDTH_PX, heightPx: ENDS_HEIGHT_PX };
      normalisePixels(ends, endsStep, this.#normalised);
    }
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

/** The runtime's kernels round: what they give of a sigmoid or softmax may lie a ten-millionth above 1. */
function share(given = 0): number {
  return Math.min(1, Math.max(0, given));
}
