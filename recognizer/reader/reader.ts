import { Fault } from '../../config/foundation/fault.ts';
import type { CountryProbability } from '../plate.ts';
import { openModel } from '../runtime/model.ts';
import { type ReaderCard, readerCardSchema } from '../runtime/model-card.ts';
import type { Session, Values } from '../runtime/session.ts';
import type { CharacterColumns } from '../spellings/ctc-beam.ts';
import { normalisePixels, type Pixels } from './normalised-pixels.ts';
import { ENDS_BYTES, ENDS_HEIGHT_PX, ENDS_WIDTH_PX, INPUT_BYTES } from './reader-input.ts';
import { CROP_BYTES, CROP_HEIGHT_PX, CROP_WIDTH_PX } from './row-layout.ts';

/** What the network says of one crop. */
export interface CropReading {
  readonly columns: CharacterColumns;
  readonly countries: readonly CountryProbability[];
  /** Probability that the crop shows a readable plate. */
  readonly plate: number;
}

/** The graph's inputs and outputs. */
const EXPECTED = 'crops, ends, characters, countriesAndPlate';

/** Runs the reader over plates as `ReaderInput` cuts them out. Invariant: after a read no picture of a plate is left in its buffers. */
export class Reader {
  /** Plates that fit into one run; the caller writes their inputs one after another into `crops`. */
  static readonly batch = 16;

  readonly crops = new Uint8Array(Reader.batch * INPUT_BYTES);
  readonly card: ReaderCard;
  readonly #session: Session;
  readonly #normalisedCrops = new Uint8Array(Reader.batch * CROP_BYTES);
  readonly #normalisedEnds = new Uint8Array(Reader.batch * ENDS_BYTES);

  private constructor(session: Session, card: ReaderCard) {
    this.#session = session;
    this.card = card;
  }

  /** Faults: those of `openModel`, and `model/unexpected` for a graph of another shape than this program's. */
  static async open(modelsFolder: string): Promise<Reader> {
    const { session, card } = await openModel(modelsFolder, 'reader', readerCardSchema);
    const found = [...session.inputNames, ...session.outputNames].join(', ');
    if (found !== EXPECTED) {
      await session.close();
      throw new Fault(
        'model/unexpected',
        `the reader's graph has ${found}, not ${EXPECTED}: export it with this version's recognizer/training`,
      );
    }
    return new Reader(session, card);
  }

  /** Reads the first `count` crops, which are gone then. */
  async read(count: number): Promise<readonly CropReading[]> {
    const outputs = await this.#run(count);
    const { alphabet, countries } = this.card;
    const characters = outputs.get('characters') ?? new Float32Array(0);
    const told = outputs.get('countriesAndPlate') ?? new Float32Array(0);
    const symbols = alphabet.length + 1;
    const perCrop = characters.length / count;
    if (perCrop === 0 || perCrop % symbols !== 0 || told.length !== count * (countries.length + 1)) {
      throw new Fault('model/unexpected', 'the reader gave no outputs of the sizes its card names');
    }
    return Array.from({ length: count }, (_, crop) => {
      const logits = told.subarray(crop * (countries.length + 1), (crop + 1) * (countries.length + 1));
      const shares = softmax(logits.subarray(0, countries.length));
      return {
        columns: { logProbabilities: characters.subarray(crop * perCrop, (crop + 1) * perCrop), alphabet },
        countries: countries.map((country, i) => ({ country, probability: shares[i] as number })),
        plate: 1 / (1 + Math.exp(-(logits[countries.length] as number))),
      };
    });
  }

  async #run(count: number): Promise<ReadonlyMap<string, Float32Array>> {
    this.#normalise(count);
    try {
      return await this.#session.run({
        crops: fourToAPlace(this.#normalisedCrops, count, { heightPx: CROP_HEIGHT_PX, widthPx: CROP_WIDTH_PX }),
        ends: fourToAPlace(this.#normalisedEnds, count, { heightPx: ENDS_HEIGHT_PX, widthPx: ENDS_WIDTH_PX }),
      });
    } finally {
      this.crops.fill(0, 0, count * INPUT_BYTES);
      this.#normalisedCrops.fill(0, 0, count * CROP_BYTES);
      this.#normalisedEnds.fill(0, 0, count * ENDS_BYTES);
    }
  }

  /** Done here, as what is made of the logits is: for one plate the runtime spends more on calling a small operation than it takes. */
  #normalise(count: number): void {
    const { cropStep, endsStep } = this.card.input;
    const data = this.crops;
    for (let place = 0; place < count; place++) {
      const offset = place * INPUT_BYTES;
      const crop = { data, offset, widthPx: CROP_WIDTH_PX, heightPx: CROP_HEIGHT_PX };
      normalisePixels(crop, cropStep, this.#normalisedCrops.subarray(place * CROP_BYTES));
      const ends = { data, offset: offset + CROP_BYTES, widthPx: ENDS_WIDTH_PX, heightPx: ENDS_HEIGHT_PX };
      normalisePixels(ends, endsStep, this.#normalisedEnds.subarray(place * ENDS_BYTES));
    }
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

/** As normalisePixels leaves them. */
function fourToAPlace(
  normalised: Uint8Array,
  count: number,
  { heightPx, widthPx }: Pick<Pixels, 'heightPx' | 'widthPx'>,
): Values {
  return {
    data: normalised.subarray(0, count * heightPx * widthPx),
    shape: [count, heightPx / 2, widthPx / 2, 4],
  };
}

function softmax(logits: Float32Array): Float64Array {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) most = Math.max(most, logits[i] as number);
  const shares = new Float64Array(logits.length);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const share = Math.exp((logits[i] as number) - most);
    shares[i] = share;
    sum += share;
  }
  for (let i = 0; i < shares.length; i++) shares[i] = (shares[i] as number) / sum;
  return shares;
}
