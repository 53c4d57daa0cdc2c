import { existsSync } from 'node:fs';
import { Fault } from '../../config/foundation/fault.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { isUnreadable } from '../database/is-damaged.ts';
import { type ActiveManifest, parseManifest } from './manifest.ts';

/**
 * The manifests of the lists that a node holds, read from its list database beside a node that may run on it; null where that file
 * cannot be read. The node itself opens it with openListFile, which mends.
 */
export function heldManifests(path: string): readonly ActiveManifest[] | null {
  if (!existsSync(path)) return [];
  let database: Database | null = null;
  try {
    database = openDatabase(path, { readonly: true });
    const rows = database
      .prepare<[], { manifest: Buffer }>(
        'SELECT manifest FROM list WHERE manifest IS NOT NULL ORDER BY authority, name',
      )
      .all();
    const manifests = rows.map(({ manifest }) => parseManifest(manifest).manifest);
    return manifests.filter((manifest) => manifest.state === 'active');
  } catch (error) {
    if (isUnreadable(error) || isBadManifest(error)) return null;
    throw error;
  } finally {
    database?.close();
  }
}

function isBadManifest(error: unknown): boolean {
  return error instanceof Fault && error.code === 'list/bad-manifest';
}
