import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installationRoot } from '../../config/foundation/installation.ts';

/** Debian's own Python has Debian's PyTorch; another that comes first on the path may not. */
const pythons = ['/usr/bin/python3', 'python3'];

export interface TrainingNeeds {
  readonly python: string;
  /** What this machine lacks, to be told to whoever runs the tests. */
  readonly missing: readonly string[];
  /** In CI nothing may be missing, and what needs it runs and fails. */
  readonly skip: boolean;
}

/** A Python that has these modules, and the typefaces to render with; says on the console what is not tried without them. */
export function trainingNeeds(what: string, modules: readonly string[]): TrainingNeeds {
  const python = pythons.find((one) => spawnSync(one, ['-c', `import ${modules.join(', ')}`]).status === 0);
  const missing: string[] = [];
  if (python === undefined) missing.push(`a Python with ${modules.join(', ')}`);
  const fonts = join(installationRoot(), 'recognizer', 'training', 'fonts', 'node_modules');
  if (!existsSync(fonts)) missing.push('the typefaces');
  const skip = missing.length > 0 && process.env.CI !== 'true';
  if (skip) console.warn(`${what}: missing ${missing.join(' and ')} (see recognizer/training/README.md)`);
  return { python: python ?? 'python3', missing, skip };
}
