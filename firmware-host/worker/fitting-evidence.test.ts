import { expect, it } from 'vitest';
import { encodePixelsJpeg } from '../../recognizer/picture/encode-jpeg.ts';
import { maxEvidenceBytes } from '../../sync/uplink/hit.ts';
import { makeHit, sha256 } from '../../sync/uplink/make-hit.ts';
import { sampleMatch, samplePassage, samplePicture } from '../../sync/uplink/sample-hit.test-data.ts';
import { evidencePictures } from '../node/evidence-pictures.ts';
import { fittingEvidence } from './fitting-evidence.ts';
import { parseFromWorker, versioned } from './worker-messages.ts';

const limits = { mostPictureBytes: maxEvidenceBytes, sceneQuality: 100 };

/** A noisy scene of a 4K camera in the best quality. */
async function largeScene(): Promise<Uint8Array> {
  let state = 7;
  const data = Uint8Array.from({ length: 3840 * 2160 * 3 }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return 96 + ((state >>> 20) & 63);
  });
  return await encodePixelsJpeg({ data, widthPx: 3840, heightPx: 2160, channels: 3 }, 100);
}

function hitWith(evidence: ReturnType<typeof evidencePictures>) {
  return makeHit(samplePassage, sampleMatch, {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    nowMs: 0,
    node: { id: 'gantry-7', site: 'hazeldonk' },
    clock: { synchronised: true, source: 'ntp', estimatedErrorMs: null },
    evidence,
  });
}

it('the scene of a 4K camera in the best quality arrives: the hit promises a picture that the centre takes', async () => {
  const sceneJpeg = await largeScene();
  expect(sceneJpeg.byteLength).toBeGreaterThan(maxEvidenceBytes);
  const sent = await fittingEvidence({ plateJpeg: samplePicture(3_000), sceneJpeg }, limits, { longestMs: 50_000 });
  const pictures = evidencePictures(sent);
  const { scene } = pictures;
  expect(scene?.byteLength).toBeLessThanOrEqual(maxEvidenceBytes);
  expect(hitWith(pictures).data.evidence).toEqual({
    plate: sha256(samplePicture(3_000)),
    scene: sha256(scene ?? new Uint8Array()),
  });
}, 60_000);

it('a picture that cannot be made short enough is left out, and the other one goes', async () => {
  const sceneJpeg = await encodePixelsJpeg(
    { data: new Uint8Array(64 * 64 * 3), widthPx: 64, heightPx: 64, channels: 3 },
    100,
  );
  const sent = await fittingEvidence(
    { plateJpeg: samplePicture(100), sceneJpeg },
    { ...limits, mostPictureBytes: 100 },
  );
  expect(sent).toEqual({ plateJpeg: samplePicture(100), sceneJpeg: null });
  expect(parseFromWorker(versioned({ kind: 'evidence', request: 0, evidence: sent }))).toMatchObject({
    evidence: sent,
  });
  expect(hitWith(evidencePictures(sent)).data.evidence).toEqual({ plate: sha256(samplePicture(100)), scene: null });
});

it('a scene that takes too long to make shorter is left out, and the plate is not late for it', async () => {
  const sent = await fittingEvidence({ plateJpeg: samplePicture(100), sceneJpeg: await largeScene() }, limits, {
    longestMs: 1,
  });
  expect(sent).toEqual({ plateJpeg: samplePicture(100), sceneJpeg: null });
}, 60_000);

it('no hit promises a picture that is longer than the centre takes, whatever a worker sent', () => {
  const sent = { plateJpeg: samplePicture(maxEvidenceBytes), sceneJpeg: samplePicture(maxEvidenceBytes + 1) };
  expect(Object.keys(evidencePictures(sent))).toEqual(['plate']);
  expect(evidencePictures(null)).toEqual({});
});
