import { maxEvidenceBytes } from '../../sync/uplink/hit.ts';
import type { EvidencePictures } from '../../sync/uplink/make-hit.ts';
import type { SentEvidence } from '../worker/worker-messages.ts';

/**
 * The pictures that go with a hit. One that is longer than the centre takes is left out, whatever worker sent it: the hit would
 * promise a picture that never arrives.
 */
export function evidencePictures(sent: SentEvidence | null): EvidencePictures {
  const plate = fitting(sent?.plateJpeg);
  const scene = fitting(sent?.sceneJpeg);
  return { ...(plate ? { plate } : {}), ...(scene ? { scene } : {}) };
}

function fitting(jpeg: Uint8Array | null | undefined): Uint8Array | null {
  return jpeg && jpeg.byteLength <= maxEvidenceBytes ? jpeg : null;
}
