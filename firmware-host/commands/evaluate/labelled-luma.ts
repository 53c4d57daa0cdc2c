import { Fault } from '../../../config/foundation/fault.ts';
import type { Luma } from '../../../recognizer/luma.ts';
import { decodeLuma } from '../../../recognizer/picture/decode-luma.ts';
import { loadPicture } from '../../../recognizer/picture/load-picture.ts';
import type { LabelledPicture } from './labels.ts';

/** The luminance of a labelled picture. Faults: those of the picture (`picture/missing`, `picture/unreadable` ...), with its path. */
export async function labelledLuma({ path }: Pick<LabelledPicture, 'path'>): Promise<Luma> {
  try {
    return await decodeLuma(await loadPicture(path));
  } catch (cause) {
    const { code, why } = told(cause);
    throw new Fault(code, `${path}: ${why}; put it right, or take it out of the set`, { cause });
  }
}

/** What the system refuses, such as to read a folder as a file, is the picture's fault; what has no code is a bug. */
function told(cause: unknown): { readonly code: string; readonly why: string } {
  if (cause instanceof Fault) return { code: cause.code, why: cause.message };
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string')
    return { code: 'picture/unreadable', why: `the file cannot be read (${cause.code})` };
  throw cause;
}
