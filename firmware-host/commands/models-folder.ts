import { join } from 'node:path';
import { installationRoot } from '../../config/foundation/installation.ts';

/** The models that ship with the program. */
export function shippedModels(): string {
  return join(installationRoot(), 'recognizer', 'models');
}
