import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { installationRoot } from '../../config/foundation/installation.ts';

const cardSchema = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/** The first digits of each model's hash, for health; `unreadable` where the card cannot be read (the worker says why). */
export function modelVersions(modelsFolder?: string): Readonly<Record<string, string>> {
  const folder = modelsFolder ?? join(installationRoot(), 'recognizer', 'models');
  return Object.fromEntries(['detector', 'reader'].map((name) => [name, version(join(folder, `${name}.json`))]));
}

function version(card: string): string {
  try {
    return cardSchema.parse(JSON.parse(readFileSync(card, 'utf8'))).sha256.slice(0, 12);
  } catch {
    return 'unreadable';
  }
}
