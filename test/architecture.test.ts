import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installationRoot } from '../config/foundation/installation.ts';

const root = installationRoot();
const packages = ['config', 'recognizer', 'sync', 'firmware-host'] as const;

/** Entry points put parts together and may import from every package; nothing imports them. */
const compositionRoots = ['sync/central/anpr-central.ts'];

const mayImport: Readonly<Record<string, readonly string[]>> = {
  config: ['config'],
  recognizer: ['recognizer', 'config'],
  sync: ['sync', 'config'],
  'firmware-host': ['firmware-host', 'sync', 'recognizer', 'config'],
};

/** One door a package: each native or network package is known to one folder or file alone. */
const doors: Readonly<Record<string, readonly string[]>> = {
  'onnxruntime-node': ['recognizer/runtime/'],
  sharp: ['recognizer/picture/'],
  'better-sqlite3': ['sync/database/'],
  pg: ['sync/central/store/postgres-database.ts'],
  mqtt: ['sync/broker/'],
  aedes: ['sync/broker/'],
  serialport: ['firmware-host/console/serial-line.ts'],
  'node-av': ['firmware-host/cameras/av-'],
};

interface Import {
  readonly file: string;
  readonly target: string;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from\s+|import\s*\(\s*|import\s+)'([^']+)'/g)].map((found) => ({
    file,
    target: found[1] ?? '',
  }));
}

const product = packages.flatMap(sources).filter((file) => !file.includes('.test') && !file.includes('.contract'));
const imports = product.flatMap(importsOf);

describe('the architecture', () => {
  it('has sources in every package', () => {
    for (const name of packages) expect(product.some((file) => file.startsWith(`${name}/`))).toBe(true);
    expect(imports.length).toBeGreaterThan(200);
  });

  it('lets imports run one way: firmware-host to sync and recognizer, those to config', () => {
    const wrong = imports.filter(({ file, target }) => {
      if (!target.startsWith('.') || compositionRoots.includes(file)) return false;
      const from = file.split('/')[0] ?? '';
      const to = relative(root, resolve(root, dirname(file), target)).split('/')[0] ?? '';
      return !mayImport[from]?.includes(to);
    });
    expect(wrong).toEqual([]);
  });

  it('lets nothing import a composition root', () => {
    const roots = [...compositionRoots, 'firmware-host/anpr-node.ts'].map((file) => join(root, file));
    const wrong = imports.filter(
      ({ file, target }) => target.startsWith('.') && roots.includes(resolve(root, dirname(file), target)),
    );
    expect(wrong).toEqual([]);
  });

  it('opens each native or network package through one door', () => {
    const wrong = imports.filter(({ file, target }) => {
      const allowed = doors[target.startsWith('node-av/') ? 'node-av' : target];
      return allowed !== undefined && !allowed.some((door) => file.startsWith(door));
    });
    expect(wrong).toEqual([]);
  });

  it('uses every door', () => {
    for (const name of Object.keys(doors)) {
      expect(
        imports.some(({ target }) => target === name || target.startsWith(`${name}/`)),
        name,
      ).toBe(true);
    }
  });
});
