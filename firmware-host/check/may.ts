import { accessSync } from 'node:fs';

/** Whether the user that checks may use what stands at the path so (constants.R_OK and the like). */
export function may(path: string, access: number): boolean {
  try {
    accessSync(path, access);
    return true;
  } catch {
    return false;
  }
}
