import { Fault } from '../../config/foundation/fault.ts';
import type { CountryProbability } from '../plate.ts';
import { openModel } from '../runtime/model.ts';
import { type ReaderCard, readerCardSchema } from '../runtime/model-card.ts';
import type { Session } from '../runtime/session.ts';
import type { CharacterColumns } from '../spellings/ctc-beam.ts';
import { INPUT_BYTES } from './reader-input.ts';

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
    const outputs = await this.#session.run('crops', {
      data: this.crops.subarray(0, count * INPUT_BYTES),
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
        probability: countryShares[crop * countries.length + i] ?? 0,
      })),
      plate: plates[crop] ?? 0,
    }));
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
