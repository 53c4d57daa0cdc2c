import { within } from '../../config/foundation/pause.ts';
import type { Evidence } from '../../recognizer/passages/passage.ts';
import { fitJpeg } from '../../recognizer/picture/fit-jpeg.ts';
import type { CameraWork, SentEvidence } from './worker-messages.ts';

/** The hit waits a second for its pictures, drawing included: a plate must not miss it for the sake of a scene. */
const patienceMs = 800;

/**
 * The pictures of a passage, each as long as it may be: a longer one in less quality, then smaller; null where that does not help,
 * or takes too long since `sinceMs` (of performance.now()), when they began to be made.
 */
export async function fittingEvidence(
  { plateJpeg, sceneJpeg }: Evidence,
  { mostPictureBytes: mostBytes, sceneQuality }: Pick<CameraWork['evidence'], 'mostPictureBytes' | 'sceneQuality'>,
  { sinceMs = performance.now(), longestMs = patienceMs } = {},
): Promise<SentEvidence> {
  const leftMs = Math.max(1, longestMs - (performance.now() - sinceMs));
  const fitting = (jpeg: Uint8Array, limits: Parameters<typeof fitJpeg>[1]) =>
    within(
      fitJpeg(jpeg, limits).catch(() => null),
      leftMs,
      null,
    );
  const [plate, scene] = await Promise.all([
    fitting(plateJpeg, { mostBytes }),
    fitting(sceneJpeg, { mostBytes, quality: sceneQuality }),
  ]);
  return { plateJpeg: plate, sceneJpeg: scene };
}
