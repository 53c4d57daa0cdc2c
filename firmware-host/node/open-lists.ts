import type { Log } from '../../config/foundation/log.ts';
import { onReadOnlyDisk, takesNothing } from '../../sync/database/takes-nothing.ts';
import {
  copyListsIntoMemory,
  type ListFile,
  openListFile,
  openListsInMemory,
} from '../../sync/lists/store/list-file.ts';
import { DirectListWriter, type ListWriter } from '../../sync/lists/store/list-writer.ts';

export interface OpenListsOptions {
  readonly log: Log;
  /** Lets room on the disk go that was kept for another purpose. */
  readonly makeRoom: () => void;
  /** What usually writes into the file, with a connection of its own. */
  readonly ownWriter: () => ListWriter;
}

export interface OpenLists extends ListFile {
  readonly writer: ListWriter;
}

/**
 * Opens the list database whatever the disk, because stored hits must leave even when nothing can be written any more: with the room that
 * the outbox kept, then alone and without memory shared beside the file, at last in memory only. What a read-only disk holds is
 * copied there, so that it goes on matching.
 */
export function openLists(path: string, { log, makeRoom, ownWriter }: OpenListsOptions): OpenLists {
  const usual = (): OpenLists => ({ ...openListFile(path, { log }), writer: ownWriter() });
  const withDirectWriter = (file: ListFile): OpenLists => ({ ...file, writer: new DirectListWriter(file.store) });
  if (onReadOnlyDisk(path)) {
    log.event('error', 'list/in-memory-only');
    return withDirectWriter(copyListsIntoMemory(path) ?? openListsInMemory());
  }
  const first = unlessFull(usual);
  if (first !== 'full') return first;
  log.event('error', 'node/disk-full');
  makeRoom();
  const again = unlessFull(usual);
  if (again !== 'full') return again;
  const alone = unlessFull(() => withDirectWriter(openListFile(path, { log, alone: true })));
  if (alone !== 'full') return alone;
  log.event('error', 'list/in-memory-only');
  return withDirectWriter(openListsInMemory());
}

function unlessFull<T>(open: () => T): T | 'full' {
  try {
    return open();
  } catch (error) {
    if (!takesNothing(error)) throw error;
    return 'full';
  }
}
