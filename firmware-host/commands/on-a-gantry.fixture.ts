import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { vi } from 'vitest';
import { installationRoot } from '../../config/foundation/installation.ts';

const example = join(installationRoot(), 'config', 'examples', 'dutch-gantry.yaml');

/** The settings of a gantry whose secrets are all credentials of its service, with everything else in this folder. */
export function gantrySettings(folder: string, change: (text: string) => string = (text) => text): string {
  const file = join(folder, 'node.yaml');
  const text = readFileSync(example, 'utf8')
    .replace('/var/lib/anpr-node', './data')
    .replaceAll('/etc/anpr-node', folder);
  writeFileSync(file, change(text));
  return file;
}

/** Runs a command outside the service, and tells what it wrote. */
export async function command(
  add: (program: Command) => void,
  ...words: string[]
): Promise<{ readonly out: string; readonly err: string }> {
  const written = { out: '', err: '' };
  const into = (name: 'out' | 'err') => (text: string | Uint8Array) => {
    written[name] += String(text);
    return true;
  };
  vi.stubEnv('CREDENTIALS_DIRECTORY', undefined);
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(into('out'));
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(into('err'));
  const program = new Command().exitOverride();
  add(program);
  try {
    await program.parseAsync(words, { from: 'user' });
    return written;
  } finally {
    out.mockRestore();
    err.mockRestore();
    vi.unstubAllEnvs();
  }
}
