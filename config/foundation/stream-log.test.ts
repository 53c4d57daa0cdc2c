import { createWriteStream, existsSync } from 'node:fs';
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { streamLog } from './stream-log.ts';

const parsed = (lines: readonly string[]) => lines.map((line): Record<string, unknown> => JSON.parse(line));

it('loses what a reader that stands still leaves waiting, keeps little of it, and says how much when it reads again', async () => {
  const taken: string[] = [];
  let reads: () => void = () => undefined;
  let standing = true;
  const stream = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      taken.push(line);
      if (standing) reads = done;
      else done();
    },
  });
  const log = streamLog(stream);
  for (let at = 0; at < 30_000; at++) log.event('info', 'test/line', { at, text: 'x'.repeat(100) });
  expect(stream.writableLength).toBeLessThan(1_100_000);
  standing = false;
  reads();
  await expect.poll(() => parsed(taken.slice(-1))[0]?.event).toBe('log/lost');
  const lines = parsed(taken);
  expect(lines.at(-1)).toMatchObject({ level: 'warn', lines: 30_000 - (lines.length - 1) });
  log.event('info', 'test/after');
  expect(parsed(taken).at(-1)).toMatchObject({ event: 'test/after' });
});

// It is Linux's.
it.skipIf(!existsSync('/dev/full'))('neither throws nor ends the process when the disk is full', async () => {
  const stream = createWriteStream('/dev/full');
  const log = streamLog(stream);
  const closed = new Promise<void>((resolve) => stream.once('close', () => resolve()));
  log.event('info', 'test/one');
  await closed;
  log.event('info', 'test/two');
});
