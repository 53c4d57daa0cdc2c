import type { Manifest } from '../../lists/manifest.ts';
import { keyHeldBy } from './key-holders.ts';
import { type Destination, publicationSteps } from './publication-steps.ts';

/** A version that is in its folder, or would be there. */
export interface PlannedVersion {
  readonly manifest: Manifest;
  readonly blobs: readonly string[];
  /** The size of one of its blobs. Throws where that blob cannot be sent. */
  readonly bytesOf: (sha256: string) => number;
}

/** What publishing a version would do, in the words of PublishReport where they are alike. */
export interface PublicationPlan {
  readonly manifest: Manifest;
  readonly blobsToSend: number;
  readonly blobsThere: number;
  readonly bytesToSend: number;
  /** Nodes that would get the list key. */
  readonly keysFor: readonly string[];
  /** Topics whose retained messages would be erased. */
  readonly toErase: readonly string[];
  readonly keyHeldBy: readonly string[];
}

/** Says what `publishList` would do with a version, from the folder alone: no broker is asked, nothing is written. */
export async function planPublication(
  to: Destination,
  { manifest, ...content }: PlannedVersion,
): Promise<PublicationPlan> {
  const { toSend, there, keysFor, toErase } = publicationSteps(to, manifest, content.blobs);
  return {
    manifest,
    blobsToSend: toSend.length,
    blobsThere: there.length,
    bytesToSend: toSend.reduce((sum, { sha256 }) => sum + content.bytesOf(sha256), 0),
    keysFor: keysFor.map(({ kid }) => kid),
    toErase,
    keyHeldBy: await keyHeldBy(to.folder, manifest, to.nodes),
  };
}
