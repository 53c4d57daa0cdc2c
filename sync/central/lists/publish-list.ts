import { createPublicKey, type KeyObject } from 'node:crypto';
import { Fault } from '../../../config/foundation/fault.ts';
import type { BrokerLink } from '../../broker/broker-link.ts';
import { topics } from '../../broker/topics.ts';
import { isSignedBy, type Manifest, manifestSha256, type SignedManifest, signManifest } from '../../lists/manifest.ts';
import type { PublicNodeKey } from '../../lists/sealing/node-key.ts';
import { wrapListKey } from '../../lists/sealing/wrap.ts';
import { holdersNotAmong, nodesInside, noteKeyHolders } from './key-holders.ts';
import type { ListFolder } from './list-folder.ts';

export interface PublishRequest {
  readonly folder: ListFolder;
  readonly link: BrokerLink;
  /** Names the broker in the folder's notes of what is retained where. */
  readonly broker: string;
  readonly signingKey: KeyObject;
  readonly nodes: readonly PublicNodeKey[];
  /** The folder that these came from; the next build looks there for who was struck off. */
  readonly nodeKeys?: string;
  readonly nowMs: number;
  /** Sends blobs again that this broker was given before (it may have lost them). */
  readonly again?: boolean;
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

type Send = (topic: string, payload: Uint8Array) => Promise<void>;
const inFlight = 8;

/**
 * Brings a broker to the folder's newest version: blobs, then keys, then the manifest that needs both, then the old is erased.
 * A node therefore never learns of a version before all of it is there. Repeating an interrupted call is safe.
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
  const signed = signedManifest(request);
  const { manifest } = signed;
  const manifestTopic = topics.listManifest(manifest.authority, manifest.list);
  const before = new Set(folder.retainedAt(broker));
  const retained = new Set(before);
  const send: Send = async (topic, payload) => {
    const options = { qos: 1, retain: true, deadlineMs: request.deadlineMs ?? 30_000 } as const;
    const outcome = await link.publish(topic, payload, options);
    if (outcome !== 'acknowledged') throw new Fault('list/not-published', `the broker did not take it: ${outcome}`);
    if (payload.length > 0) retained.add(topic);
    else retained.delete(topic);
  };
  try {
    const blobs = folder.blobsOf(manifest).map((sha256) => ({ sha256, topic: blobTopic(manifest, sha256) }));
    const lacking = blobs.filter(({ topic }) => request.again === true || !before.has(topic));
    let done = 0;
    let bytesSent = 0;
    await eachOf(lacking, async ({ sha256, topic }) => {
      const bytes = folder.blob(sha256);
      await send(topic, bytes);
      bytesSent += bytes.length;
      request.onProgress?.(++done, lacking.length);
    });
    const keyTopics = await sendKeys(request, manifest, send);
    folder.writePublished(signed);
    await send(manifestTopic, signed.bytes);
    const wanted = new Set([manifestTopic, ...keyTopics, ...blobs.map(({ topic }) => topic)]);
    const old = [...retained].filter((topic) => !wanted.has(topic));
    await eachOf(old, (topic) => send(topic, new Uint8Array()));
    folder.tidy();
    return {
      manifest,
      blobsSent: lacking.length,
      blobsThere: blobs.length - lacking.length,
      bytesSent,
      keysSent: keyTopics.length,
      erased: old.length,
      keyHeldBy: await keyHeldBy(request, manifest),
    };
  } finally {
    folder.writeRetainedAt(broker, retained);
  }
}

/** Ends a list: its next version is a revocation, which deletes it on every node. Publish it with publishList. */
export function revokeList(folder: ListFolder, reason: string, nowMs: number): Manifest {
  const letGo = folder.hold();
  try {
    return revoke(folder, reason, nowMs);
  } finally {
    letGo();
  }
}

function revoke(folder: ListFolder, reason: string, nowMs: number): Manifest {
  const before = folder.builtManifest();
  const published = folder.published();
  const { authority, list, generation, version } = before;
  const predecessor = published === null ? null : { version: published.manifest.version, sha256: published.sha256 };
  const issued = new Date(nowMs).toISOString();
  const head = { format: 1, state: 'revoked', authority, list, generation, version: version + 1 } as const;
  const manifest: Manifest = { ...head, predecessor, issued, reason };
  folder.writeManifest(manifest);
  return manifest;
}

/** Ed25519 signs alike each time, but what was published once with this key is kept as it was. */
function signedManifest({ folder, signingKey, nowMs }: PublishRequest): SignedManifest {
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
  { folder, nodes, nodeKeys }: PublishRequest,
  manifest: Manifest,
  send: Send,
): Promise<string[]> {
  if (manifest.state === 'revoked') return [];
  const listKey = folder.listKey();
  const inside = nodesInside(manifest.area, nodes);
  await noteKeyHolders(folder, manifest.generation, { nodes: inside, nodeKeys: nodeKeys ?? null });
  await eachOf(inside, async (node) => {
    await send(keyTopic(manifest, node), Buffer.from(await wrapListKey(listKey, manifest, node)));
  });
  return inside.map((node) => keyTopic(manifest, node));
}

async function keyHeldBy({ folder, nodes }: PublishRequest, manifest: Manifest): Promise<string[]> {
  const held = folder.keyHolders();
  if (manifest.state === 'revoked' || held?.generation !== manifest.generation) return [];
  return holdersNotAmong(held, nodesInside(manifest.area, nodes));
}

function keyTopic({ authority, list, generation }: Manifest, node: PublicNodeKey): string {
  return topics.listKey(node.kid, authority, list, generation);
}

function blobTopic({ authority, list }: Manifest, sha256: string): string {
  return topics.listBlob(authority, list, sha256);
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
