import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HelperProcess } from './helper-process.ts';

type FromHelper = { readonly tell: 'role'; readonly role: unknown } | { readonly tell: 'sum'; readonly sum: number };
type ToHelper = { readonly add: readonly number[] } | 'leave';

/** Tells what role it was given, adds what it is asked to, and ends by itself when it is told to leave. */
const program = `
  process.once('message', (role) => {
    process.send({ tell: 'role', role });
    process.on('message', (asked) => {
      if (asked === 'leave') return process.send({ tell: 'sum', sum: -1 }, () => process.exit(3));
      process.send({ tell: 'sum', sum: asked.add.reduce((a, b) => a + b, 0) });
    });
  });
`;

describe('HelperProcess', () => {
  let folder = '';
  let helper: HelperProcess<FromHelper, ToHelper>;

  const started = (source: string, role: object = {}) => {
    const file = join(folder, 'adder.mjs');
    writeFileSync(file, source);
    helper = new HelperProcess(file, role);
    return helper;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hazeldonk-helper-'));
  });

  afterEach(async () => {
    await helper.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('is told a role that is longer than any argument may be, and then what it is asked', async () => {
    const role = { plates: 'X'.repeat(300_000) };
    started(program, role);
    expect(await helper.told('role')).toEqual({ tell: 'role', role });
    helper.ask({ add: [1, 2, 3] });
    helper.ask({ add: [4] });
    expect(await helper.told('sum', ({ sum }) => sum < 5)).toEqual({ tell: 'sum', sum: 4 });
    expect(await helper.next()).toEqual({ tell: 'sum', sum: 6 });
  });

  it('gives what was told before the end, and then says that it ended and how', async () => {
    started(program);
    helper.ask('leave');
    expect(await helper.told('sum')).toEqual({ tell: 'sum', sum: -1 });
    await expect(helper.told('sum')).rejects.toMatchObject({
      code: 'helper/ended',
      message: 'adder.mjs ended: code 3',
    });
    expect(await helper.next()).toMatchObject({ tell: 'role' });
    helper.ask({ add: [1] });
    await expect(helper.next()).rejects.toMatchObject({ code: 'helper/ended' });
  });

  it('ends when it is asked to, once or again', async () => {
    started(program);
    await helper.told('role');
    await Promise.all([helper.end(), helper.end('SIGKILL')]);
    await helper.end();
    await expect(helper.next()).rejects.toMatchObject({ message: expect.stringMatching(/ended: SIG(TERM|KILL)/) });
  });
});
