import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from './fault.ts';

/** The folder that holds package.json, models and default configuration, wherever the bundle was installed. */
export function installationRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!(existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'recognizer', 'models')))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Fault('installation/incomplete', 'no recognizer/models folder above the program; reinstall it');
    folder = parent;
  }
  return folder;
}
