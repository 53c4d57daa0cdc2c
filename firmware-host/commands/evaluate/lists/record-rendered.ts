import { borderTraffic } from '../../../../sync/lists/traffic/plate-population.ts';
import { seededRandom } from '../../../demo/seeded-random.ts';
import { InOrder } from './in-order.ts';
import { passagesOfLane } from './record-lane.ts';
import { countRecorded, type RecordedPassage, RecordingWriter, type RecordProgress } from './recording.ts';
import type { NumberedPlate } from './rendered-looks.ts';
import { renderedSeed, renderedSet } from './rendered-passages.ts';

export interface RenderedRecording {
  readonly file: string;
  /** The folder of the models that read. */
  readonly models: string;
  readonly python: string;
  /** So many processes render and read. */
  readonly jobs: number;
  /** Their program (record-lane-child.ts, built). */
  readonly laneFile: string;
  readonly onProgress: RecordProgress;
}

/** Who is faster than the others gets no further ahead of them than this. */
const mostAhead = 256;

/**
 * Records rendered passages until the file holds `count` of them; those that it holds already stay. The file is the same however
 * many processes share the work.
 */
export async function recordRendered(recording: RenderedRecording, count: number): Promise<void> {
  const { file, laneFile, models, python, jobs, onProgress } = recording;
  const from = await countRecorded(file, renderedSet);
  const missing = vehicles(count).slice(from);
  if (missing.length === 0) return;
  const writer = new RecordingWriter(file);
  const inOrder = new InOrder<RecordedPassage>({
    from,
    mostAhead,
    take: async (passage, number) => {
      await writer.add(passage);
      onProgress(number + 1, count, renderedSet);
    },
  });
  const lanes = Array.from({ length: jobs }, async (_, lane) => {
    const plates = missing.filter(({ number }) => number % jobs === lane);
    for await (const { number, passage } of passagesOfLane(laneFile, { models, python, plates }))
      await inOrder.add(number, passage);
  });
  try {
    await Promise.all(lanes);
  } finally {
    inOrder.stop();
    await Promise.allSettled(lanes);
    await writer.close();
  }
}

function vehicles(count: number): readonly NumberedPlate[] {
  const random = seededRandom(renderedSeed);
  const traffic = borderTraffic();
  return Array.from({ length: count }, (_, number) => ({ number, ...traffic.draw(random) }));
}
