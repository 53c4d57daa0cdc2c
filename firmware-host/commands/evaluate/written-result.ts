import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';

/** Writes a file beside the report, and the folder for it where there is none. Fault: `evaluate/not-written`. */
export async function writeResult(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Fault('evaluate/not-written', `cannot write ${path} (${code}): name another place for it`, { cause });
  }
}
