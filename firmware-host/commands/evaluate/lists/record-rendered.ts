import type { Recognizer } from '../../../../recognizer/recognizer.ts';
import type { DrawnPlate } from '../../../../sync/lists/traffic/plate-population.ts';
import { borderTraffic } from '../../../../sync/lists/traffic/plate-population.ts';
import { seededRandom } from '../../../demo/seeded-random.ts';
import { InOrder } from './in-order.ts';
import { LookedAtVehicle } from './looked-at-vehicle.ts';
import type { RecordProgress } from './record-photos.ts';
import { countRecorded, type RecordedPassage, RecordingWriter } from './recording.ts';
import { renderedLooks } from './rendered-looks.ts';

export interface RenderedRecording {
  readonly file: string;
  /** One for each of the passages that are read at a time. */
  readonly recognizers: readonly Recognizer[];
  readonly python: string;
  readonly onProgress: RecordProgress;
}

interface Numbered extends DrawnPlate {
  readonly number: number;
}

/** The rendered passages are always the same. */
const seed = 20_261_123;
const set = 'rendered';
/** Who is faster than the others gets no further ahead of them than this. */
const mostAhead = 256;

/**
 * Records rendered passages until the file holds `count` of them; those that it holds already stay. The file is the same however
 * many are read at a time.
 */
export async function recordRendered(recording: RenderedRecording, count: number): Promise<void> {
  const { file, recognizers, onProgress } = recording;
  const from = await countRecorded(file, set);
  const random = seededRandom(seed);
  const traffic = borderTraffic();
  const plates = Array.from({ length: Math.max(from, count) }, (_, number) => ({ number, ...traffic.draw(random) }));
  const missing = plates.slice(from, count);
  if (missing.length === 0) return;
  const writer = new RecordingWriter(file);
  const inOrder = new InOrder<RecordedPassage>({
    from,
    mostAhead,
    take: async (passage, number) => {
      await writer.add(passage);
      onProgress(number + 1, count, set);
    },
  });
  const lanes = recognizers.map((recognizer, lane) => {
    const own = missing.filter(({ number }) => number % recognizers.length === lane);
    return readLane(own, { recognizer, python: recording.python, inOrder });
  });
  try {
    await Promise.all(lanes);
  } finally {
    inOrder.stop();
    await Promise.allSettled(lanes);
    await writer.close();
  }
}

interface Lane {
  readonly recognizer: Recognizer;
  readonly python: string;
  readonly inOrder: InOrder<RecordedPassage>;
}

/** Renders and reads these passages one after the other. */
async function readLane(plates: readonly Numbered[], { recognizer, python, inOrder }: Lane): Promise<void> {
  if (plates.length === 0) return;
  let vehicle = new LookedAtVehicle(recognizer);
  let at = 0;
  const finish = async () => {
    const plate = plates[at] as Numbered;
    const { text, country } = plate;
    await inOrder.add(plate.number, { set, text, country, looks: await vehicle.looks() });
    vehicle = new LookedAtVehicle(recognizer);
    at += 1;
  };
  for await (const { index, timeMs, luma, corners } of renderedLooks({ python, seed, plates })) {
    while ((plates[at] as Numbered).number < index) await finish();
    await vehicle.look(luma, corners, timeMs);
  }
  await finish();
}
