import { topics } from '../../broker/topics.ts';
import type { Manifest } from '../../lists/manifest.ts';
import type { PublicNodeKey } from '../../lists/sealing/node-key.ts';
import { nodesInside } from './key-holders.ts';
import type { ListFolder } from './list-folder.ts';

/** Which broker is to be brought to a version, and for whom. */
export interface Destination {
  readonly folder: ListFolder;
  /** Names the broker in the folder's notes of what is retained where. */
  readonly broker: string;
  readonly nodes: readonly PublicNodeKey[];
  /** Sends blobs again that this broker was given before (it may have lost them). */
  readonly again?: boolean;
}

export interface RetainedBlob {
  readonly sha256: string;
  readonly topic: string;
}

/** What it takes to bring a broker to a version; all of it is known before anything is sent. */
export interface PublicationSteps {
  readonly manifestTopic: string;
  readonly toSend: readonly RetainedBlob[];
  readonly there: readonly RetainedBlob[];
  /** Nodes that get the list key: those inside the list's area. */
  readonly keysFor: readonly PublicNodeKey[];
  /** Topics that the version before needed and this one does not. */
  readonly toErase: readonly string[];
}

/** The steps from what the folder notes that a broker retains to a version with these blobs. */
export function publicationSteps(
  { folder, broker, nodes, again }: Destination,
  manifest: Manifest,
  sha256s: readonly string[],
): PublicationSteps {
  const { authority, list } = manifest;
  const before = new Set(folder.retainedAt(broker));
  const blobs = sha256s.map((sha256) => ({ sha256, topic: topics.listBlob(authority, list, sha256) }));
  const lacks = ({ topic }: RetainedBlob): boolean => again === true || !before.has(topic);
  const keysFor = manifest.state === 'revoked' ? [] : nodesInside(manifest.area, nodes);
  const manifestTopic = topics.listManifest(authority, list);
  const keyTopics = keysFor.map((node) => listKeyTopic(manifest, node));
  const wanted = new Set([manifestTopic, ...keyTopics, ...blobs.map(({ topic }) => topic)]);
  return {
    manifestTopic,
    toSend: blobs.filter(lacks),
    there: blobs.filter((blob) => !lacks(blob)),
    keysFor,
    toErase: [...before].filter((topic) => !wanted.has(topic)),
  };
}

/** Where a node finds the list key of a version's generation. */
export function listKeyTopic({ authority, list, generation }: Manifest, node: PublicNodeKey): string {
  return topics.listKey(node.kid, authority, list, generation);
}
