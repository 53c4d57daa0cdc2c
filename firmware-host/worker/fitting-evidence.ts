import { within } from '../../config/foundation/pause.ts';
import type { Evidence } from '../../recognizer/passages/passage.ts';
import { fitJpeg } from '../../recognizer/picture/fit-jpeg.ts';
import type { CameraWork, SentEvidence } from './worker-messages.ts';

/** The hit waits for its pictures, and for no longer than a second: a plate must not miss it for the sake of a scene. */
const patienceMs = 500;

/**
 * The pictures of a passage, each as long as it may be: a longer one in less quality, then smaller; null where that does not help,
 * or takes too long.
 */
export async function fittingEvidence(
  { plateJpeg, sceneJpeg }: Evidence,
  { mostPictureBytes: mostBytes, sceneQuality }: Pick<CameraWork['evidence'], 'mostPictureBytes' | 'sceneQuality'>,
  longestMs = patienceMs,
): Promise<SentEvidence> {
  const [plate, scene] = await Promise.all([
    within(fitJpeg(plateJpeg, { mostBytes }), longestMs, null),
    within(fitJpeg(sceneJpeg, { mostBytes, quality: sceneQuality }), longestMs, null),
  ]);
  return { plateJpeg: plate, sceneJpeg: scene };
}
