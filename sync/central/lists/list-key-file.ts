import { existsSync, readFileSync } from 'node:fs';
import type { ActiveManifest } from '../../lists/manifest.ts';
import { ListSeal } from '../../lists/sealing/seal.ts';
import { replaceFile } from './replace-file.ts';

/** The list keys that a list's folder holds, one a line in base64url. Whose a key is, the key check of a manifest tells. */
export class ListKeyFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The key of a version; null where it is not kept. */
  keyOf(manifest: ActiveManifest): Buffer | null {
    return keyAmong(this.#keys(), manifest);
  }

  add(listKey: Buffer): void {
    this.#write([listKey, ...this.#keys()]);
  }

  /** Forgets every key that none of these versions needs. */
  keepOnly(versions: readonly ActiveManifest[]): void {
    const keys = this.#keys();
    const kept = [...new Set(versions.flatMap((one) => keyAmong(keys, one) ?? []))];
    if (kept.length < keys.length) this.#write(kept);
  }

  #keys(): Buffer[] {
    const lines = existsSync(this.path) ? readFileSync(this.path, 'utf8').trim().split('\n') : [];
    return lines.map((line) => Buffer.from(line, 'base64url')).filter((key) => key.length === 32);
  }

  #write(keys: readonly Buffer[]): void {
    replaceFile(this.path, keys.map((key) => `${key.toString('base64url')}\n`).join(''));
  }
}

function keyAmong(keys: readonly Buffer[], manifest: ActiveManifest): Buffer | null {
  return keys.find((key) => new ListSeal(key, manifest).keyCheck === manifest.keyCheck) ?? null;
}
