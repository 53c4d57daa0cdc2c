import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../config/foundation/fault.ts';
import { MemoryBroker } from '../../sync/broker/memory-link.ts';
import { topics } from '../../sync/broker/topics.ts';
import { openDatabase } from '../../sync/database/database.ts';
import { canonicalJson } from '../../sync/lists/canonical-json.ts';
import { compareRecords, decodeChunk, decodeRecords, encodeChunk, encodeRecord } from '../../sync/lists/chunk.ts';
import { decodeIndex, encodeIndex } from '../../sync/lists/chunk-index.ts';
import { ListSync } from '../../sync/lists/list-sync.ts';
import { isSignedBy, type Manifest, parseManifest, signManifest } from '../../sync/lists/manifest.ts';
import { sampleManifest } from '../../sync/lists/sample-manifest.test-data.ts';
import { ListKeys } from '../../sync/lists/sealing/list-keys.ts';
import { makeNodeKey, type NodeKey, readNodeKey } from '../../sync/lists/sealing/node-key.ts';
import { ListSeal, type SealedEntry } from '../../sync/lists/sealing/seal.ts';
import { unwrapListKey, wrapListKey } from '../../sync/lists/sealing/wrap.ts';
import { ListStore } from '../../sync/lists/store/list-store.ts';
import { TrustStore } from '../../sync/lists/trust.ts';

/** One reader of messages from outside: how to try it, and true messages to begin from. */
export interface Target {
  readonly name: string;
  /** Of all cases, so many in a thousand go here. */
  readonly perMille: number;
  readonly messages: readonly Buffer[];
  /** Tells whether the message was taken; throws when the reader broke its promise. */
  readonly take: (bytes: Buffer) => boolean | Promise<boolean>;
}

const list = { authority: 'NL', list: 'stolen', generation: 2 };
const seal = new ListSeal(Buffer.alloc(32, 7), list);
const whole = { prefixBits: 0, ordinal: 0, removals: false };

/** Every reader of what a broker may send about lists. */
export async function listMessageTargets(): Promise<readonly Target[]> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const manifests = sampleManifests().map((manifest) => signManifest(manifest, privateKey).bytes);
  const genuine = new Set(manifests.map((bytes) => bytes.toString('latin1')));
  const node = await sampleNodeKey();
  const wrapped = await wrapListKey(Buffer.alloc(32, 7), list, node.publicKey);
  const records = sampleRecords(24);
  const removal: SealedEntry = { lookup: Buffer.alloc(16, 1), sealed: Buffer.alloc(0) };
  return [
    {
      name: 'manifest',
      perMille: 200,
      messages: manifests,
      take(bytes) {
        const signed = answerOr('list/bad-manifest', () => parseManifest(bytes));
        if (signed === null) return false;
        mustEqual(signed.bytes, bytes, 'a manifest was read as other bytes');
        // A signature holds for exactly the bytes that were signed.
        if (isSignedBy(signed, publicKey) && !genuine.has(bytes.toString('latin1')))
          throw new Error('an altered manifest passed');
        return true;
      },
    },
    {
      name: 'index',
      perMille: 200,
      messages: [0, 1, 3].map((prefixBits) => encodeIndex({ prefixBits, chunks: sampleReferences(2 ** prefixBits) })),
      take(bytes) {
        const index = answerOr('list/bad-index', () => decodeIndex(bytes));
        if (index !== null) mustEqual(encodeIndex(index), bytes, 'an index was read as another');
        return index !== null;
      },
    },
    {
      name: 'chunk',
      perMille: 300,
      messages: [0, 1, 8, 24].map((count) => encodeChunk(whole, records.slice(0, count))),
      take: (bytes) => takeChunk(bytes, whole),
    },
    {
      name: 'delta',
      perMille: 180,
      messages: [encodeChunk(whole, [removal, ...records]), encodeChunk(whole, [removal])],
      take: (bytes) => takeChunk(bytes, { ...whole, removals: true }),
    },
    {
      name: 'stored records',
      perMille: 60,
      messages: [Buffer.concat(records.map(encodeRecord))],
      take(bytes) {
        const entries = decodeRecords(bytes);
        if (entries !== null) mustEqual(Buffer.concat(entries.map(encodeRecord)), bytes, 'records were read as others');
        return entries !== null;
      },
    },
    {
      name: 'sealed details',
      perMille: 30,
      messages: [0, 1].map((n) => seal.seal(plate(0), { text: plate(0), reference: `r${n}` }).sealed),
      take(bytes) {
        const opened = seal.open(plate(0), bytes);
        if (opened !== null && !bytes.equals(seal.seal(plate(0), opened).sealed))
          throw new Error('altered details were opened');
        return opened !== null;
      },
    },
    {
      name: 'wrapped key',
      perMille: 10,
      messages: [Buffer.from(wrapped)],
      async take(bytes) {
        const key = await answerLater('list/bad-wrapped-key', unwrapListKey(bytes.toString('latin1'), list, node));
        if (key !== null && bytes.toString('latin1') !== wrapped) throw new Error('an altered key was opened');
        return key !== null;
      },
    },
    await wholeNode(manifests, node, publicKey),
  ];
}

/** A node that holds one version hears retained messages; whatever they are, it holds that version or one that is signed. */
async function wholeNode(
  manifests: readonly Buffer[],
  node: NodeKey,
  publicKey: ReturnType<typeof generateKeyPairSync>['publicKey'],
): Promise<Target> {
  const broker = new MemoryBroker();
  const store = new ListStore(openDatabase(':memory:'));
  const refused = { count: 0 };
  const sync = new ListSync({
    link: broker.link(),
    store,
    keys: await ListKeys.open(node, store),
    trust: new TrustStore([['NL', publicKey]]),
    node: { id: node.id, site: '', country: 'NL' },
    now: () => Date.parse('2026-03-01T12:00:00Z'),
    onRefused: () => {
      refused.count += 1;
    },
  });
  const running = sync.run(new AbortController().signal);
  const [first = Buffer.alloc(0)] = manifests;
  const accepted = parseManifest(first);
  store.accept(accepted);
  const topic = topics.listManifest('NL', 'stolen');
  return {
    name: 'node',
    perMille: 20,
    messages: [first],
    async take(bytes) {
      const before = refused.count;
      broker.take(topic, bytes, false);
      await Promise.race([running, new Promise((resolve) => setImmediate(() => setImmediate(resolve)))]);
      const head = store.list('NL', 'stolen')?.accepted.sha256;
      if (head !== accepted.sha256) throw new Error('the node believed an altered version');
      if (refused.count === before && bytes.length > 0 && !bytes.equals(first))
        throw new Error('a message was neither known nor refused');
      return refused.count === before;
    },
  };
}

function takeChunk(bytes: Buffer, position: typeof whole): boolean {
  const entries = answerOr('list/bad-chunk', () => decodeChunk(bytes, position));
  if (entries !== null) mustEqual(encodeChunk(position, entries), bytes, 'a chunk was read as another');
  return entries !== null;
}

/** A reader's answer, or null when it refused with its one code. Anything else it throws is a failure. */
function answerOr<T>(code: string, read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Fault && error.code === code) return null;
    throw error;
  }
}

async function answerLater<T>(code: string, reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Fault && error.code === code) return null;
    throw error;
  }
}

function mustEqual(read: Buffer, bytes: Buffer, otherwise: string): void {
  if (!read.equals(bytes)) throw new Error(otherwise);
}

function plate(n: number): string {
  return `1ABC${100 + n}`;
}

function sampleRecords(count: number): SealedEntry[] {
  const entry = (n: number) => ({ text: plate(n), country: 'B', reference: `r${n}` });
  return Array.from({ length: count }, (_, n) => seal.seal(plate(n), entry(n))).sort(compareRecords);
}

function sampleReferences(count: number) {
  return Array.from({ length: count }, (_, n) => ({ sha256: Buffer.alloc(32, n), bytes: 16 + n, records: n }));
}

async function sampleNodeKey(): Promise<NodeKey> {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-fuzz-key-'));
  try {
    await makeNodeKey(join(folder, 'key'), { id: 'node', site: 's', country: 'NL' });
    return await readNodeKey(join(folder, 'key'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function sampleManifests(): Manifest[] {
  const active: Manifest = { ...sampleManifest, ...list, area: null, keyCheck: seal.keyCheck };
  const { format, authority, generation, version, predecessor, issued } = active;
  const head = { format, authority, list: list.list, generation, version: version + 1, predecessor, issued };
  const revoked: Manifest = { ...head, state: 'revoked', reason: 'ended' };
  // One form of each, so that what is fuzzed is what travels.
  return [active, revoked].map((manifest) => JSON.parse(canonicalJson(manifest)) as Manifest);
}
