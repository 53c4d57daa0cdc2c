import { Fault } from '../../config/foundation/fault.ts';
import type { Luma } from '../luma.ts';
import type { Corners, Point } from '../plate.ts';
import { quadSize, rectify } from '../rectifier/rectify.ts';
import { openModel } from '../runtime/model.ts';
import { type DetectorCard, detectorCardSchema } from '../runtime/model-card.ts';
import type { Session } from '../runtime/session.ts';
import { CLOSER_HEIGHT_PX, CLOSER_WIDTH_PX, levelWindow, mapCorners, straightWindow } from './closer-look.ts';
import { type InputLayout, inputLayout } from './input-layout.ts';
import { type DetectedPlate, platePeaks, SAME_PLATE_OVERLAP } from './plate-peaks.ts';
import { quadOverlap } from './quad-overlap.ts';
import { scaleLuma } from './scale-luma.ts';

interface NetworkInput {
  readonly data: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Plates of these widths at the network's input are outlined exactly; of a wider one it may see only a part. */
const EXACT_FROM_PX = 28;
const EXACT_TO_PX = 180;
/** In a closer look the plate is known to be there; only its corners are asked for. */
const CLOSER_THRESHOLD = 0.1;

/** Finds the four corners of every plate in a picture. */
export class Detector {
  readonly #session: Session;
  readonly card: DetectorCard;
  /** A camera's pictures all have one size, so the last one's layout and input are kept. */
  #layout: InputLayout | null = null;
  #sourceSize = '';
  #input = new Uint8Array(0);
  #holdsPicture = false;
  readonly #closer = new Uint8Array(CLOSER_WIDTH_PX * CLOSER_HEIGHT_PX);

  private constructor(session: Session, card: DetectorCard) {
    this.#session = session;
    this.card = card;
  }

  static async open(modelsFolder: string): Promise<Detector> {
    const { session, card } = await openModel(modelsFolder, 'detector', detectorCardSchema);
    return new Detector(session, card);
  }

  /** The score below which a peak is no plate, as its trainers advise. */
  get advisedThreshold(): number {
    return this.card.scoreThreshold;
  }

  /** Plates in pixels of the picture (pixel centres at whole numbers), best first. */
  async detect(luma: Luma, threshold = this.card.scoreThreshold): Promise<readonly DetectedPlate[]> {
    const layout = this.#prepare(luma);
    return await this.#findInSource({ data: this.#input, layout }, threshold);
  }

  /** Plates so large in the picture that `detect` sees them only in parts: the same at half the scale. */
  async detectLarge(luma: Luma, threshold = this.card.scoreThreshold): Promise<readonly DetectedPlate[]> {
    const { width, height, padding } = this.card.input;
    const layout = inputLayout(luma.widthPx, luma.heightPx, (width * height) / 4);
    const data = new Uint8Array(layout.widthPx * layout.heightPx).fill(padding);
    scaleLuma(luma, layout, data);
    const plates = await this.#findInSource({ data, layout }, threshold);
    data.fill(0);
    return plates;
  }

  async #findInSource(
    { data, layout }: { readonly data: Uint8Array; readonly layout: InputLayout },
    threshold: number,
  ): Promise<readonly DetectedPlate[]> {
    const plates = await this.#find({ data, ...layout }, threshold);
    return plates.map(({ corners, score }) => ({
      corners: mapCorners(corners, (point) => toSource(point, layout)),
      score,
    }));
  }

  /** Whether a plate of this picture is of a size whose corners can be relied on without a closer look. */
  isExact(luma: Luma, corners: Corners): boolean {
    const { width, height } = this.card.input;
    const atInputPx = quadSize(corners).widthPx / inputLayout(luma.widthPx, luma.heightPx, width * height).factor;
    return atInputPx >= EXACT_FROM_PX && atInputPx <= EXACT_TO_PX;
  }

  /**
   * Looks at one plate again for better corners: first level and in a size that the network knows best, then with the
   * perspective taken out too. Its corners at first and after each look that found them, the best last.
   */
  async lookCloser(luma: Luma, plate: DetectedPlate): Promise<readonly Corners[]> {
    const size = { widthPx: CLOSER_WIDTH_PX, heightPx: CLOSER_HEIGHT_PX };
    const looks = [plate.corners];
    for (const windowOf of [levelWindow, straightWindow]) {
      const { outline, growth, expected, toSource } = windowOf(looks.at(-1) ?? plate.corners);
      rectify(luma, outline, growth, { data: this.#closer, offset: 0, ...size });
      const seen = (await this.#find({ data: this.#closer, ...size }, CLOSER_THRESHOLD)).find(
        (other) => quadOverlap(other.corners, expected) >= SAME_PLATE_OVERLAP,
      );
      if (seen !== undefined) looks.push(mapCorners(seen.corners, toSource));
    }
    this.#closer.fill(0);
    return looks;
  }

  /** Keeps nothing of the last picture; free where nothing is kept. */
  forgetPictures(): void {
    if (!this.#holdsPicture) return;
    this.#input.fill(this.card.input.padding);
    this.#holdsPicture = false;
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  /** Plates in pixels of the network's input. */
  async #find(input: NetworkInput, threshold: number): Promise<readonly DetectedPlate[]> {
    const stridePx = this.card.output.stride;
    const { widthPx, heightPx } = input;
    const outputs = await this.#session.run({ luma: { data: input.data, shape: [1, 1, heightPx, widthPx] } });
    const columns = widthPx / stridePx;
    const rows = heightPx / stridePx;
    const data = outputs.get('maps');
    if (data?.length !== 9 * columns * rows)
      throw new Fault('model/unexpected', 'the detector gave no maps of its size');
    return platePeaks({ data, columns, rows, stridePx }, threshold);
  }

  #prepare(luma: Luma): InputLayout {
    const size = `${luma.widthPx}x${luma.heightPx}`;
    if (this.#layout === null || size !== this.#sourceSize) {
      const { width, height, padding } = this.card.input;
      this.#layout = inputLayout(luma.widthPx, luma.heightPx, width * height);
      this.#sourceSize = size;
      this.#input = new Uint8Array(this.#layout.widthPx * this.#layout.heightPx).fill(padding);
    }
    scaleLuma(luma, this.#layout, this.#input);
    this.#holdsPicture = true;
    return this.#layout;
  }
}

/** From the scale of the input, where pixel k covers k to k + 1, to the picture, where it is centred on k. */
function toSource(point: Point, layout: InputLayout): Point {
  return [point[0] * layout.factor - 0.5, point[1] * layout.factor - 0.5];
}
