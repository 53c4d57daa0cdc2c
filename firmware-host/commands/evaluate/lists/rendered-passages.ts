import type { Recognizer } from '../../../../recognizer/recognizer.ts';
import { LookedAtVehicle } from './looked-at-vehicle.ts';
import type { RecordedPassage } from './recording.ts';
import { type NumberedPlate, renderedLooks } from './rendered-looks.ts';

/** The rendered passages are always the same. */
export const renderedSeed = 20_261_123;
export const renderedSet = 'rendered';

export interface NumberedPassage {
  readonly number: number;
  readonly passage: RecordedPassage;
}

export interface RenderedReading {
  readonly recognizer: Recognizer;
  readonly python: string;
}

/** Renders and reads the passages of these vehicles one after the other. Faults: `evaluate/no-renderer`. */
export async function* renderedPassages(
  plates: readonly NumberedPlate[],
  { recognizer, python }: RenderedReading,
): AsyncGenerator<NumberedPassage> {
  if (plates.length === 0) return;
  let vehicle = new LookedAtVehicle(recognizer);
  let at = 0;
  const finish = async (): Promise<NumberedPassage> => {
    const { number, text, country } = plates[at] as NumberedPlate;
    const looks = await vehicle.looks();
    vehicle = new LookedAtVehicle(recognizer);
    at += 1;
    return { number, passage: { set: renderedSet, text, country, looks } };
  };
  for await (const { index, timeMs, luma, corners } of renderedLooks({ python, seed: renderedSeed, plates })) {
    while ((plates[at] as NumberedPlate).number < index) yield await finish();
    await vehicle.look(luma, corners, timeMs);
  }
  yield await finish();
}
