import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { attach } from './attach.ts';
import { shellOptions } from './shell-options.fixture.ts';
import { SocketLine } from './socket-line.ts';
import { noPlaceMark } from './turn-away.ts';

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

  test('Ctrl-] leaves a node that is stuck, a second later', async () => {
    const stuck = join(folder, 'stuck.sock');
    const lines: Socket[] = [];
    const node = createServer({ allowHalfOpen: true }, (line) => void lines.push(line)).listen(stuck);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
      for (const line of lines) line.destroy();
      node.close();
    });
    const input = new PassThrough();
    const attached = attach(stuck, { input, output: new PassThrough() });
    await once(node, 'connection');
    lines[0]?.resume();
    input.write('status\r\x1d');
    await once(lines[0]!, 'end');
    vi.advanceTimersByTime(1_000);
    await attached;
  });

  test('a console with no place left is a fault with a code, and has a place once somebody leaves', async () => {
    const sitting = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const line = connect(path);
        await once(line, 'data');
        return line;
      }),
    );
    const output = new PassThrough();
    await expect(attach(path, { input: new PassThrough(), output })).rejects.toMatchObject({
      code: 'console/no-place',
    });
    expect(output.read()).toBeNull();
    const words = String((await once(connect(path), 'data'))[0]);
    expect(words.charCodeAt(0)).toBe(noPlaceMark);
    expect(words.slice(1)).toMatch(/^No place: .*\r\n$/);
    sitting[0]?.end('exit\r');
    await once(sitting[0]!, 'close');
    expect(await screenAfter('version\rexit\r', false)).toContain('Goodbye');
    for (const line of sitting) line.destroy();
  });

  test('a node that hangs up without a word is a fault with a code', async () => {
    const mute = join(folder, 'mute.sock');
    const node = createServer((line) => line.end()).listen(mute);
    onTestFinished(() => void node.close());
    const terminal = { input: new PassThrough(), output: new PassThrough() };
    await expect(attach(mute, terminal)).rejects.toMatchObject({ code: 'console/silent' });
  });

  test('no node behind the socket is a fault with a code', async () => {
    const terminal = { input: new PassThrough(), output: new PassThrough() };
    await expect(attach(join(folder, 'none.sock'), terminal)).rejects.toMatchObject({ code: 'console/not-running' });
  });
});
