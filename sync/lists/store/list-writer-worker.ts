import { readlinkSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { Fault } from '../../../config/foundation/fault.ts';
import { openListStore } from './list-file.ts';
import { DirectListWriter, type ListWriter } from './list-writer.ts';
import type { WriterAnswer, WriterFailure, WriterRequest } from './list-writer-thread.ts';

/** The thread that brings lists into the database, see list-writer-thread.ts. */
letOthersGoFirst();
const { database: path } = workerData as { readonly database: string };
const { store, database } = openListStore(path);
const writer = new DirectListWriter(store);
const say = (answer: WriterAnswer): void => parentPort?.postMessage(answer);

parentPort?.on('message', async (message: WriterRequest | 'end') => {
  if (message === 'end') {
    await writer.close();
    database.close();
    parentPort?.close();
    return;
  }
  const { id, call, args } = message;
  try {
    // The other side's types say which arguments belong to which call.
    const work = writer[call].bind(writer) as (...args: readonly unknown[]) => ReturnType<ListWriter[typeof call]>;
    say({ id, result: await work(...args) });
  } catch (error) {
    say({ id, failure: failureOf(error) });
  }
});

/** A passage never waits for a list: Linux gives each thread a priority of its own; elsewhere this thread keeps the usual one. */
function letOthersGoFirst(): void {
  try {
    const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority;
    const thread = Number(basename(readlinkSync('/proc/thread-self')));
    setPriority(thread, Math.min(getPriority() + PRIORITY_BELOW_NORMAL, PRIORITY_LOW));
  } catch {
    // No /proc here, or a system that lets nobody step back: lists are applied all the same.
  }
}

function failureOf(error: unknown): WriterFailure {
  if (error instanceof Fault) return { isFault: true, code: error.code, message: error.message };
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  return { isFault: false, code, message };
}
