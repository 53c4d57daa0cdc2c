import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../../../config/foundation/fault.ts';
import { holdExclusively } from '../../database/exclusive-hold.ts';
import { canonicalJson } from '../../lists/canonical-json.ts';
import { decodeIndex } from '../../lists/chunk-index.ts';
import {
  type ActiveManifest,
  layersOf,
  type Manifest,
  manifestSchema,
  parseManifest,
  type SignedManifest,
} from '../../lists/manifest.ts';
import { beginFolder } from './begun-folder.ts';
import { FirstPublications } from './first-publications.ts';
import type { BlobSink } from './layer-writer.ts';
import { ListKeyFile } from './list-key-file.ts';
import type { PlatesCipher } from './plates-cipher.ts';
import { replaceFile, replaceFileUnsynced } from './replace-file.ts';

/** Topics that a broker retains for this list, by the broker's URL. */
const retainedSchema = z.record(z.string(), z.array(z.string()));

/** Who was ever sent the list key of a generation, and where the fleet's keys lay then. */
const keyHoldersSchema = z.strictObject({
  generation: z.int().min(1),
  nodeKeys: z.string().nullable(),
  holders: z.array(z.strictObject({ node: z.string(), fingerprint: z.string() })),
});
export type KeyHolders = Readonly<z.infer<typeof keyHoldersSchema>>;

/**
 * One list at the centre, as `list build` leaves it and `list publish` takes it:
 *   manifest.json   the newest version, not yet signed
 *   list.key        the list key (32 bytes in base64url), readable by its owner only; in a second line, that of the version published
 *                   last where it is another, until that version is published no more
 *   blobs/          content by SHA-256, of the newest version and of the one published last
 *   plates/         which plates a chunk's records stand for, encrypted under the list key
 *   published.json  the manifest signed last, as it went to the brokers
 *   first-published.json  when a version first reached each broker, where that is known
 *   retained.json   what each broker retains of this list, so that it can be erased again
 *   key-holders.json  which nodes were sent the list key
 *   building/       what a build at work has no room for in memory, encrypted under a key that is never written
 */
export class ListFolder {
  readonly path: string;
  readonly firstPublications: FirstPublications;
  readonly #keys: ListKeyFile;

  constructor(path: string) {
    this.path = path;
    this.firstPublications = new FirstPublications(join(path, 'first-published.json'));
    this.#keys = new ListKeyFile(join(path, 'list.key'));
  }

  /** Where a build that holds this folder spills. */
  get spillFolder(): string {
    return join(this.path, 'building');
  }

  /**
   * Keeps other commands out of this list until the returned function is called, which leaves nothing behind where no list came
   * about. Removes what a killed build has spilled. Throws `database/held`.
   */
  hold(): () => void {
    const undo = beginFolder(this.path, ['in-use', 'blobs', 'plates']);
    const letGo = holdExclusively(
      join(this.path, 'in-use'),
      `another command is at work on ${this.path}; wait for its end`,
    );
    rmSync(this.spillFolder, { recursive: true, force: true });
    return () => {
      if (!existsSync(join(this.path, 'manifest.json'))) undo();
      letGo();
    };
  }

  /** The newest version, null in a new folder. Throws `list-folder/damaged`. */
  manifest(): Manifest | null {
    const text = this.#read('manifest.json');
    return text === null ? null : this.#checked(() => manifestSchema.parse(JSON.parse(text)));
  }

  /** As `manifest`, for who needs one. Throws `list-folder/empty`. */
  builtManifest(): Manifest {
    const manifest = this.manifest();
    if (manifest === null) throw new Fault('list-folder/empty', `${this.path} holds no list; build one first`);
    return manifest;
  }

  published(): SignedManifest | null {
    const text = this.#read('published.json');
    return text === null ? null : this.#checked(() => parseManifest(Buffer.from(text)));
  }

  /** The key of the newest version. Throws `list-folder/damaged`. */
  listKey(): Buffer {
    const manifest = this.manifest();
    const key = manifest?.state === 'active' ? this.#keys.keyOf(manifest) : null;
    if (key === null) throw this.#wrongKey();
    return key;
  }

  /**
   * The key of a version that lies here: of the newest, or of the one published last. Throws `list-folder/damaged` where it should be here,
   * `list-folder/no-key` where it was given up.
   */
  keyOf(manifest: ActiveManifest): Buffer {
    const key = this.#keys.keyOf(manifest);
    if (key !== null) return key;
    const newest = this.manifest();
    if (newest?.state === 'active' && newest.keyCheck === manifest.keyCheck) throw this.#wrongKey();
    throw new Fault(
      'list-folder/no-key',
      `${this.path} holds the key of version ${manifest.version} no more, so that version cannot be opened; publish the newest version, and it can be compared with the next`,
    );
  }

  /** Every blob of a manifest: its indexes and their chunks. */
  blobsOf(manifest: Manifest): string[] {
    if (manifest.state === 'revoked') return [];
    return layersOf(manifest).flatMap(({ index }) => {
      const chunks = decodeIndex(this.blob(index.sha256)).chunks;
      return [index.sha256, ...chunks.map((chunk) => chunk.sha256.toString('hex'))];
    });
  }

  /** Content whose hash is right. Throws `list-folder/damaged`. */
  blob(sha256: string): Buffer {
    return this.#checked(() => {
      const bytes = readFileSync(join(this.path, 'blobs', sha256));
      if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
      throw new Fault('list-folder/damaged', `the blob ${sha256} was altered`);
    });
  }

  /** The plates of a chunk's records as they lie here; see PlatesCipher. */
  plates(chunkSha256: string): Buffer {
    const path = join(this.path, 'plates', chunkSha256);
    if (!existsSync(path))
      throw new Fault('list-folder/no-plates', `${this.path} does not tell which plates it lists; build it anew`);
    return this.#checked(() => readFileSync(path));
  }

  /** Takes the content of a version while it is built; `commit` makes it the newest. */
  sink(cipher: PlatesCipher): BlobSink {
    for (const name of ['blobs', 'plates']) mkdirSync(join(this.path, name), { recursive: true, mode: 0o700 });
    const write = (folder: string, name: string, content: () => Buffer): void => {
      const path = join(this.path, folder, name);
      if (!existsSync(path)) replaceFileUnsynced(path, content());
    };
    return {
      put: (sha256, bytes) => write('blobs', sha256, () => bytes),
      putPlates: (sha256, plates) => write('plates', sha256, () => cipher.encrypt(plates)),
    };
  }

  /** Makes a version the newest, in one step after all of its content is here: an interruption leaves the version before. */
  commit(manifest: Manifest, listKey: Buffer): void {
    // Until the manifest has moved on, the key before is needed too.
    this.#keys.add(listKey);
    this.writeManifest(manifest);
    this.tidy();
  }

  /** Removes keys and content that are of neither the newest version nor the one published last. */
  tidy(): void {
    const versions = [this.manifest(), this.published()?.manifest].filter((one) => one?.state === 'active');
    this.#keys.keepOnly(versions);
    const needed = new Set(versions.flatMap((one) => this.#presentBlobsOf(one)));
    for (const folder of ['blobs', 'plates'].map((name) => join(this.path, name)).filter(existsSync)) {
      for (const name of readdirSync(folder)) if (!needed.has(name)) rmSync(join(folder, name));
    }
  }

  writeManifest(manifest: Manifest): void {
    this.#replace('manifest.json', `${JSON.stringify(JSON.parse(canonicalJson(manifest)), null, 2)}\n`);
  }

  writePublished(signed: SignedManifest): void {
    this.#replace('published.json', signed.bytes);
  }

  keyHolders(): KeyHolders | null {
    const text = this.#read('key-holders.json');
    return text === null ? null : this.#checked(() => keyHoldersSchema.parse(JSON.parse(text)));
  }

  writeKeyHolders(holders: KeyHolders): void {
    this.#replace('key-holders.json', JSON.stringify(holders));
  }

  retainedAt(broker: string): string[] {
    return this.#retained()[broker] ?? [];
  }

  writeRetainedAt(broker: string, topics: Iterable<string>): void {
    this.#replace('retained.json', JSON.stringify({ ...this.#retained(), [broker]: [...topics].sort() }));
  }

  /** The index of an older published version may be gone, and then its chunks are of no more use either. */
  #presentBlobsOf(manifest: ActiveManifest): string[] {
    const here = layersOf(manifest).every(({ index }) => existsSync(join(this.path, 'blobs', index.sha256)));
    return here ? this.blobsOf(manifest) : [];
  }

  #retained(): Record<string, string[]> {
    const text = this.#read('retained.json');
    return text === null ? {} : this.#checked(() => retainedSchema.parse(JSON.parse(text)));
  }

  #read(name: string): string | null {
    const path = join(this.path, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  }

  #replace(name: string, content: string | Buffer): void {
    replaceFile(join(this.path, name), content);
  }

  #wrongKey(): Fault {
    const { path } = this.#keys;
    return new Fault(
      'list-folder/damaged',
      `${path} does not hold the key of this list; build the list anew with --rotate-key`,
    );
  }

  #checked<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      throw new Fault('list-folder/damaged', `${this.path} is damaged; build the list anew with --rotate-key`, {
        cause,
      });
    }
  }
}

/** A fresh list key. */
export function newListKey(): Buffer {
  return randomBytes(32);
}
