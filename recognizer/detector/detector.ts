import { Fault } from '../../config/foundation/fault.ts';
import type { Luma } from '../luma.ts';
import type { Point } from '../plate.ts';
import { openModel } from '../runtime/model.ts';
import { type DetectorCard, detectorCardSchema } from '../runtime/model-card.ts';
import type { Session } from '../runtime/session.ts';
import { type InputLayout, inputLayout } from './input-layout.ts';
import { type DetectedPlate, platePeaks } from './plate-peaks.ts';
import { scaleLuma } from './scale-luma.ts';

/** Finds the four corners of every plate in a picture. */
export class Detector {
  readonly #session: Session;
  readonly #card: DetectorCard;
  /** A camera's pictures all have one size, so the last one's layout and input are kept. */
  #layout: InputLayout | null = null;
  #sourceSize = '';
  #input = new Uint8Array(0);

  private constructor(session: Session, card: DetectorCard) {
    this.#session = session;
    this.#card = card;
  }

  static async open(modelsFolder: string): Promise<Detector> {
    const { session, card } = await openModel(modelsFolder, 'detector', detectorCardSchema);
    return new Detector(session, card);
  }

  /** The score below which a peak is no plate, as its trainers advise. */
  get advisedThreshold(): number {
    return this.#card.scoreThreshold;
  }

  /** Plates in pixels of the picture (pixel centres at whole numbers), best first. */
  async detect(luma: Luma, threshold = this.#card.scoreThreshold): Promise<readonly DetectedPlate[]> {
    const layout = this.#prepare(luma);
    const stridePx = this.#card.output.stride;
    const outputs = await this.#session.run('luma', {
      data: this.#input,
      shape: [1, 1, layout.heightPx, layout.widthPx],
    });
    const columns = layout.widthPx / stridePx;
    const rows = layout.heightPx / stridePx;
    const data = outputs.get('maps');
    if (data?.length !== 9 * columns * rows)
      throw new Fault('model/unexpected', 'the detector gave no maps of its size');
    return platePeaks({ data, columns, rows, stridePx }, threshold).map(({ corners, score }) => ({
      corners: [
        toSource(corners[0], layout),
        toSource(corners[1], layout),
        toSource(corners[2], layout),
        toSource(corners[3], layout),
      ],
      score,
    }));
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  #prepare(luma: Luma): InputLayout {
    const size = `${luma.widthPx}x${luma.heightPx}`;
    if (this.#layout === null || size !== this.#sourceSize) {
      const { width, height, padding } = this.#card.input;
      this.#layout = inputLayout(luma.widthPx, luma.heightPx, width * height);
      this.#sourceSize = size;
      this.#input = new Uint8Array(this.#layout.widthPx * this.#layout.heightPx).fill(padding);
    }
    scaleLuma(luma, this.#layout, this.#input);
    return this.#layout;
  }
}

/** The network was taught corners on a scale where pixel k covers k to k + 1; everywhere else it is centred on k. */
function toSource(point: Point, layout: InputLayout): Point {
  return [point[0] * layout.factor - 0.5, point[1] * layout.factor - 0.5];
}
