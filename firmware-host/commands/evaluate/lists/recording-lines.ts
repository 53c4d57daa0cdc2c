import { createReadStream } from 'node:fs';
import { Fault } from '../../../../config/foundation/fault.ts';

/** A line of a recording. */
export interface RecordingLine {
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** Bytes of the file before it. */
  readonly from: number;
  /** Whether the line has its end; the last has none where a recording was interrupted. */
  readonly ended: boolean;
}

const newline = 10;

/** The lines of a recording. Fault: `evaluate/bad-readings`. */
export async function* recordingLines(path: string): AsyncGenerator<RecordingLine> {
  let held: Buffer = Buffer.alloc(0);
  let number = 0;
  let from = 0;
  const next = (bytes: Buffer, ended: boolean): RecordingLine => {
    const line = { text: bytes.toString('utf8').trimEnd(), number: ++number, from, ended };
    from += bytes.length;
    return line;
  };
  for await (const chunk of chunksOf(path)) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let start = 0;
    for (let end = held.indexOf(newline); end >= 0; end = held.indexOf(newline, start)) {
      yield next(held.subarray(start, end + 1), true);
      start = end + 1;
    }
    held = held.subarray(start);
  }
  if (held.length > 0) yield next(held, false);
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path);
  } catch (cause) {
    throw new Fault('evaluate/bad-readings', `cannot read the readings in ${path}; make them with --record`, { cause });
  }
}
