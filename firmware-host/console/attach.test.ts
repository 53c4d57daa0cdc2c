import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attach } from './attach.ts';
import { shellOptions } from './shell-options.fixture.ts';
import { SocketLine } from './socket-line.ts';

let folder: string;
let path: string;
let stop: AbortController;
let running: Promise<void>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'attach-'));
  path = join(folder, 'console.sock');
  stop = new AbortController();
  await new Promise<void>((resolve) => {
    const shell = shellOptions();
    running = new SocketLine({ path, shell, log: { event: () => resolve() } }).run(stop.signal);
  });
});
afterEach(async () => {
  stop.abort();
  await running;
  rmSync(folder, { recursive: true });
});

/** Types these keys into an attached terminal, and gives its screen once it was left. */
async function screenAfter(keys: string, end: boolean): Promise<string> {
  const input = new PassThrough();
  const output = new PassThrough();
  if (end) input.end(keys);
  else input.write(keys);
  await attach(path, { input, output });
  return String(output.read());
}

describe('anpr-node console', () => {
  test('exit leaves', async () => {
    expect(await screenAfter('version\rexit\r', false)).toMatch(/Hazeldonk 0\.1\.0, Node[\s\S]*Goodbye/);
  });

  test('Ctrl-] leaves, whatever the console is doing', async () => {
    expect(await screenAfter('help\r\x1d', false)).toContain('nl-a16-1>');
  });

  test('commands from a pipe are all answered', async () => {
    const screen = await screenAfter('version\nlink\n', true);
    expect(screen).toMatch(/Hazeldonk 0\.1\.0, Node[\s\S]*broker +mqtts:/);
  });

  test('a raw terminal is given back as it was, also when the node stops', async () => {
    const modes: boolean[] = [];
    const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (raw: boolean) => modes.push(raw) });
    const output = new PassThrough();
    output.once('data', () => stop.abort());
    await attach(path, { input, output });
    expect(modes).toEqual([true, false]);
  });

  test('no node behind the socket is a fault with a code', async () => {
    const terminal = { input: new PassThrough(), output: new PassThrough() };
    await expect(attach(join(folder, 'none.sock'), terminal)).rejects.toMatchObject({ code: 'console/not-running' });
  });
});
