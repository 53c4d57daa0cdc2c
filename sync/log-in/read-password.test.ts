import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { readPassword } from './read-password.ts';

/** A keyboard: a stream that can be made raw. */
function terminal(isTTY: boolean) {
  const raw: boolean[] = [];
  let shown = '';
  const input = Object.assign(new PassThrough(), {
    isTTY,
    setRawMode(mode: boolean) {
      raw.push(mode);
      return input;
    },
  }) as unknown as NodeJS.ReadStream & PassThrough;
  const output = { write: (text: string) => (shown += text) };
  return { input, output, raw, shown: () => shown };
}

it('takes what is typed, with corrections, and shows none of it', async () => {
  const at = terminal(true);
  const typed = readPassword('password', at);
  at.input.write('wrong\u0015hunter3');
  at.input.write('\u007f2\r');
  expect(await typed).toBe('hunter2');
  expect(at.shown()).toBe('password: \n');
  expect(at.raw).toEqual([true, false]);
});

it('gives the terminal back when interrupted', async () => {
  const at = terminal(true);
  const typed = readPassword('password', at);
  at.input.write('half\u0003');
  await expect(typed).rejects.toMatchObject({ code: 'users/interrupted' });
  expect(at.raw).toEqual([true, false]);
});

it('takes the first line of what is piped in, and not endless ones', async () => {
  const piped = terminal(false);
  piped.input.end('correct horse\r\nsecond line\n');
  expect(await readPassword('password', piped)).toBe('correct horse');
  const endless = terminal(false);
  endless.input.write('x'.repeat(100_000));
  expect((await readPassword('password', endless)).length).toBe(100_000);
});
