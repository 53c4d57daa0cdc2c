import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../../../config/foundation/fault.ts';
import { canonicalJson } from '../../lists/canonical-json.ts';
import { decodeIndex } from '../../lists/chunk-index.ts';
import { layersOf, type Manifest, manifestSchema, parseManifest, type SignedManifest } from '../../lists/manifest.ts';
import type { BuiltList } from './build-list.ts';

/** Topics that a broker retains for this list, by the broker's URL. */
const retainedSchema = z.record(z.string(), z.array(z.string()));

/**
 * One list at the centre, as `list build` leaves it and `list publish` takes it:
 *   manifest.json   the newest version, not yet signed
 *   list.key        the list key (32 bytes in base64url), readable by its owner only
 *   blobs/          content by SHA-256
 *   published.json  the manifest signed last, as it went to the brokers
 *   retained.json   what each broker retains of this list, so that it can be erased again
 */
export class ListFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
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

  listKey(): Buffer {
    const key = Buffer.from((this.#read('list.key') ?? '').trim(), 'base64url');
    if (key.length !== 32) throw new Fault('list-folder/damaged', `${join(this.path, 'list.key')} holds no list key`);
    return key;
  }

  /** Every blob of a manifest: its indexes and their chunks. */
  blobsOf(manifest: Manifest): string[] {
    if (manifest.state === 'revoked') return [];
    return layersOf(manifest).flatMap(({ index }) => {
      const chunks = decodeIndex(this.blob(index.sha256)).chunks;
      return [index.sha256, ...chunks.map((chunk) => chunk.sha256.toString('hex'))];
    });
  }

  blob(sha256: string): Buffer {
    return this.#checked(() => readFileSync(join(this.path, 'blobs', sha256)));
  }

  /** Writes a version; the manifest last and at once, so that an interruption leaves the version before. */
  write(built: BuiltList, listKey: Buffer): void {
    mkdirSync(join(this.path, 'blobs'), { recursive: true, mode: 0o700 });
    for (const [sha256, bytes] of built.blobs) {
      const path = join(this.path, 'blobs', sha256);
      if (!existsSync(path)) writeFileSync(path, bytes);
    }
    this.#replace('list.key', `${listKey.toString('base64url')}\n`);
    this.writeManifest(built.manifest);
    for (const name of readdirSync(join(this.path, 'blobs'))) {
      if (!built.blobs.has(name)) rmSync(join(this.path, 'blobs', name));
    }
  }

  writeManifest(manifest: Manifest): void {
    this.#replace('manifest.json', `${JSON.stringify(JSON.parse(canonicalJson(manifest)), null, 2)}\n`);
  }

  writePublished(signed: SignedManifest): void {
    this.#replace('published.json', signed.bytes);
  }

  retainedAt(broker: string): string[] {
    return this.#retained()[broker] ?? [];
  }

  writeRetainedAt(broker: string, topics: Iterable<string>): void {
    this.#replace('retained.json', JSON.stringify({ ...this.#retained(), [broker]: [...topics].sort() }));
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
    const path = join(this.path, name);
    writeFileSync(`${path}.new`, content, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  #checked<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      throw new Fault('list-folder/damaged', `${this.path} is damaged; build the list anew`, { cause });
    }
  }
}

/** A fresh list key. */
export function newListKey(): Buffer {
  return randomBytes(32);
}
