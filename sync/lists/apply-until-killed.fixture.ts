import { createPublicKey } from 'node:crypto';
import { MemoryBroker } from '../broker/memory-link.ts';
import { topics } from '../broker/topics.ts';
import { ListFolder } from '../central/lists/list-folder.ts';
import { openDatabase } from '../database/database.ts';
import { ListKeys } from './list-keys.ts';
import { ListStore } from './list-store.ts';
import { ListSync } from './list-sync.ts';
import { readNodeKey } from './node-key.ts';
import { RetainedBlobs } from './retained-blobs.ts';
import { TrustStore } from './trust.ts';
import { wrapListKey } from './wrap.ts';

/** A process of its own that applies the newest version of a list folder and tells its parent of every step. */
const [databaseFile = '', keyFile = '', listFolder = '', publicKeyPem = '', nowMs = ''] = process.argv.slice(2);
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
class TellingStore extends ListStore {
  override addChunk(...chunk: Parameters<ListStore['addChunk']>): void {
    tell('chunk');
    super.addChunk(...chunk);
    tell(`stored ${Buffer.from(chunk[0]).toString('hex')}`);
  }
  override addPart(...layer: Parameters<ListStore['addPart']>): boolean {
    tell('part');
    return super.addPart(...layer);
  }
  override switchTo(...version: Parameters<ListStore['switchTo']>): void {
    tell('switch');
    super.switchTo(...version);
  }
  override collect(): boolean {
    tell('collect');
    return super.collect();
  }
}

const store = new TellingStore(openDatabase(databaseFile));
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
  keys: await ListKeys.open(key, store),
  trust: new TrustStore([[manifest.authority, createPublicKey(publicKeyPem)]]),
  node: { id: key.id, site: '', country: '' },
  now: () => Number(nowMs),
});
// Nothing else keeps a process alive that has applied its list, and it is to end by being killed alone.
setInterval(() => undefined, 1_000);
tell('ready');
await sync.run(new AbortController().signal);
