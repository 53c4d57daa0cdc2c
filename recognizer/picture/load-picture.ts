import { open } from 'node:fs/promises';
import { Fault } from '../../config/foundation/fault.ts';

/** A picture file of more bytes than this is refused before it is read. */
const MAX_PICTURE_BYTES = 200_000_000;

/** The bytes of a picture file. Faults: `picture/missing`, `picture/too-large`. */
export async function loadPicture(path: string): Promise<Uint8Array> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    throw new Fault('picture/missing', 'the file cannot be opened', { cause });
  }
  try {
    const { size } = await file.stat();
    if (size > MAX_PICTURE_BYTES) throw new Fault('picture/too-large', 'the file is larger than 200 megabytes');
    return await file.readFile();
  } finally {
    await file.close();
  }
}
