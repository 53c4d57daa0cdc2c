import { createPublicKey, type KeyObject } from 'node:crypto';
import { Fault } from '../../../config/foundation/fault.ts';
import type { BrokerLink } from '../../broker/broker-link.ts';
import { isSignedBy, type Manifest, manifestSha256, type SignedManifest, signManifest } from '../../lists/manifest.ts';
import type { PublicNodeKey } from '../../lists/sealing/node-key.ts';
import { wrapListKey } from '../../lists/sealing/wrap.ts';
import { keyHeldBy, noteKeyHolders } from './key-holders.ts';
import type { ListFolder } from './list-folder.ts';
import { type Destination, listKeyTopic, publicationSteps } from './publication-steps.ts';

export interface PublishRequest extends Destination {
  readonly link: BrokerLink;
  readonly signingKey: KeyObject;
  /** The folder that these came from; the next build looks there for who was struck off. */
  readonly nodeKeys?: string;
  readonly nowMs: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly deadlineMs?: number;
}

export interface PublishReport {
  readonly manifest: Manifest;
  readonly blobsSent: number;
  readonly blobsThere: number;
  readonly bytesSent: number;
  readonly keysSent: number;
  readonly erased: number;
  /** Nodes that still hold the key of this version although they may not have it any more; the next build rotates it. */
  readonly keyHeldBy: readonly string[];
}

interface KeysToSend {
  readonly manifest: Manifest;
  readonly listKey: Buffer;
  readonly keysFor: readonly PublicNodeKey[];
}

type Send = (topic: string, payload: Uint8Array) => Promise<void>;
const inFlight = 8;

/**
 * Brings a broker to the folder's newest version: blobs, then keys, then the manifest that needs both, then the old is erased.
 * A node therefore never learns of a version before all of it is there. Repeating an interrupted call is safe. Throws `list-folder/damaged`,
 * where the list key is not this version's before anything is sent.
 */
export async function publishList(request: PublishRequest): Promise<PublishReport> {
  const letGo = request.folder.hold();
  try {
    return await publish(request);
  } finally {
    letGo();
  }
}

async function publish(request: PublishRequest): Promise<PublishReport> {
  const { folder, broker, link } = request;
  const startedMs = performance.now();
  const signed = signedManifest(request);
  const { manifest } = signed;
  const { manifestTopic, toSend, there, keysFor, toErase } = publicationSteps(
    request,
    manifest,
    folder.blobsOf(manifest),
  );
  const listKey = manifest.state === 'active' ? folder.listKey() : null;
  const retained = new Set(folder.retainedAt(broker));
  const send: Send = async (topic, payload) => {
    const options = { qos: 1, retain: true, deadlineMs: request.deadlineMs ?? 30_000 } as const;
    const outcome = await link.publish(topic, payload, options);
    if (outcome !== 'acknowledged') throw new Fault('list/not-published', `the broker did not take it: ${outcome}`);
    if (payload.length > 0) retained.add(topic);
    else retained.delete(topic);
  };
  try {
    let done = 0;
    let bytesSent = 0;
    await eachOf(toSend, async ({ sha256, topic }) => {
      const bytes = folder.blob(sha256);
      await send(topic, bytes);
      bytesSent += bytes.length;
      request.onProgress?.(++done, toSend.length);
    });
    if (listKey !== null) await sendKeys(request, { manifest, listKey, keysFor }, send);
    const departedBefore = folder.published()?.sha256 === signed.sha256;
    const arrived = folder.firstPublications.begin(broker, { sha256: signed.sha256, departedBefore });
    folder.writePublished(signed);
    await send(manifestTopic, signed.bytes);
    // A long list is on its way for minutes, during which no node could have it.
    arrived(request.nowMs + performance.now() - startedMs);
    await eachOf(toErase, (topic) => send(topic, new Uint8Array()));
    folder.tidy();
    return {
      manifest,
      blobsSent: toSend.length,
      blobsThere: there.length,
      bytesSent,
      keysSent: keysFor.length,
      erased: toErase.length,
      keyHeldBy: await keyHeldBy(folder, manifest, request.nodes),
    };
  } finally {
    folder.writeRetainedAt(broker, retained);
  }
}

/** Ends a list: its next version is a revocation, which deletes it on every node. Publish it with publishList. */
export function revokeList(folder: ListFolder, reason: string, nowMs: number): Manifest {
  const letGo = folder.hold();
  try {
    const manifest = revocationOf(folder, reason, nowMs);
    folder.writeManifest(manifest);
    return manifest;
  } finally {
    letGo();
  }
}

/** The manifest with which a list would be ended. */
export function revocationOf(folder: ListFolder, reason: string, nowMs: number): Manifest {
  const before = folder.builtManifest();
  const published = folder.published();
  const { authority, list, generation, version } = before;
  const predecessor = published === null ? null : { version: published.manifest.version, sha256: published.sha256 };
  const issued = new Date(nowMs).toISOString();
  const head = { format: 1, state: 'revoked', authority, list, generation, version: version + 1 } as const;
  return { ...head, predecessor, issued, reason };
}

/**
 * The folder's newest version as it goes to a broker. Ed25519 signs alike each time, but what was published once with this key is kept as it was.
 * Throws `list/expired`.
 */
export function signedManifest({
  folder,
  signingKey,
  nowMs,
}: Pick<PublishRequest, 'folder' | 'signingKey' | 'nowMs'>): SignedManifest {
  const manifest = folder.builtManifest();
  if (manifest.state === 'active' && Date.parse(manifest.validUntil) <= nowMs) {
    throw new Fault('list/expired', 'this version is valid no more; build a new one');
  }
  const published = folder.published();
  // The hash does not cover the signature: what was signed with a wrong key is mended by publishing with the right one.
  const isThere = published?.sha256 === manifestSha256(manifest) && isSignedBy(published, createPublicKey(signingKey));
  return isThere ? published : signManifest(manifest, signingKey);
}

/** A node outside the list's area gets no key, and one that it had is erased with the rest. */
async function sendKeys(
  { folder, nodeKeys }: PublishRequest,
  { manifest, listKey, keysFor }: KeysToSend,
  send: Send,
): Promise<void> {
  await noteKeyHolders(folder, manifest.generation, { nodes: keysFor, nodeKeys: nodeKeys ?? null });
  await eachOf(keysFor, async (node) => {
    await send(listKeyTopic(manifest, node), Buffer.from(await wrapListKey(listKey, manifest, node)));
  });
}

/** Works on a few items at a time; after a failure no further one is begun, and none is left running. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items].reverse();
  const next = async (): Promise<void> => {
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) {
      await work(item).catch((error: unknown) => {
        rest.length = 0;
        throw error;
      });
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: inFlight }, next));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
