import { createPublicKey } from 'node:crypto';
import { MemoryBroker } from '../../broker/memory-link.ts';
import { topics } from '../../broker/topics.ts';
import { ListFolder } from '../../central/lists/list-folder.ts';
import { openDatabase } from '../../database/database.ts';
import { ListSync } from '../list-sync.ts';
import { RetainedBlobs } from '../retained-blobs.ts';
import { ListKeys } from '../sealing/list-keys.ts';
import { readNodeKey } from '../sealing/node-key.ts';
import { wrapListKey } from '../sealing/wrap.ts';
import { TrustStore } from '../trust.ts';
import type { LayerName } from './layer-store.ts';
import { ListStore } from './list-store.ts';
import { DirectListWriter, type FetchedChunk, type ListWriter } from './list-writer.ts';
import { ListWriterThread } from './list-writer-thread.ts';
import type { StoredLayer } from './stored-layer.ts';

/**
 * A process of its own that applies the newest version of a list folder and tells its parent of every step. With a writer's file it
 * writes in a thread, as a node does.
 */
const [databaseFile = '', keyFile = '', listFolder = '', publicKeyPem = '', nowMs = '', writerFile = ''] =
  process.argv.slice(2);
const folder = new ListFolder(listFolder);
const signed = folder.published();
if (signed === null) throw new Error('nothing was published');
const { manifest } = signed;
const broker = new MemoryBroker();
const key = await readNodeKey(keyFile);
const wrapped = await wrapListKey(folder.listKey(), manifest, key.publicKey);
broker.take(topics.listKey(key.id, manifest.authority, manifest.list, manifest.generation), Buffer.from(wrapped), true);
broker.take(topics.listManifest(manifest.authority, manifest.list), signed.bytes, true);
for (const sha256 of folder.blobsOf(manifest)) {
  broker.take(topics.listBlob(manifest.authority, manifest.list, sha256), folder.blob(sha256), true);
}

const tell = (step: string): void => void process.send?.(step);

/** Tells of each call when it is done. */
class TellingWriter implements ListWriter {
  readonly #writer: ListWriter;
  #switched = false;

  constructor(writer: ListWriter) {
    this.#writer = writer;
  }

  async stageLayer(...layer: Parameters<ListWriter['stageLayer']>): Promise<void> {
    await this.#writer.stageLayer(...layer);
    tell('staged');
  }

  async addChunk(chunk: FetchedChunk): Promise<void> {
    await this.#writer.addChunk(chunk);
    tell(`stored ${Buffer.from(chunk.sha256).toString('hex')}`);
  }

  async finishLayer(layer: LayerName): Promise<StoredLayer> {
    const read = await this.#writer.finishLayer(layer);
    tell('finished');
    return read;
  }

  async switchTo(signedManifest: Uint8Array): Promise<void> {
    await this.#writer.switchTo(signedManifest);
    this.#switched = true;
    tell('switched');
  }

  async collect(): Promise<void> {
    await this.#writer.collect();
    // The clean-up of the start is not the last.
    tell(this.#switched ? 'collected' : 'tidied');
  }

  close(): Promise<void> {
    return this.#writer.close();
  }
}

const store = new ListStore(openDatabase(databaseFile));
const writer =
  writerFile === '' ? new DirectListWriter(store) : new ListWriterThread({ file: writerFile, database: databaseFile });
const link = broker.link();
const blobs = new RetainedBlobs({ link });
const sync = new ListSync({
  link,
  blobs: {
    fetch(blob, signal) {
      tell(`fetch ${blob.sha256}`);
      return blobs.fetch(blob, signal);
    },
  },
  store,
  writer: new TellingWriter(writer),
  keys: await ListKeys.open(key, store),
  trust: new TrustStore([[manifest.authority, createPublicKey(publicKeyPem)]]),
  node: { id: key.id, site: '', country: '' },
  now: () => Number(nowMs),
});
// Nothing else keeps a process alive that has applied its list, and it is to end by being killed alone.
setInterval(() => undefined, 1_000);
tell('ready');
await sync.run(new AbortController().signal);
