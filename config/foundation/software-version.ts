import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { installationRoot } from './installation.ts';

/** The version of the installed program, from its package.json. */
export function softwareVersion(): string {
  const text = readFileSync(join(installationRoot(), 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
