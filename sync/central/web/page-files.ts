import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { installationRoot } from '../../../config/foundation/installation.ts';
import type { Answer } from './answer.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page's own files, read once. A path is a name in this map and never a path on disk. */
export function readPageFiles(): ReadonlyMap<string, Answer> {
  const folder = join(installationRoot(), 'sync', 'central', 'web', 'page');
  const files = new Map<string, Answer>();
  for (const name of readdirSync(folder)) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const body = readFileSync(join(folder, name));
    files.set(name === 'index.html' ? '/' : `/${name}`, { status: 200, headers: { 'content-type': type }, body });
  }
  return files;
}
