import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Fault } from '../../../config/foundation/fault.ts';

/** Instead of paths: they come on standard input, one a line, or each ended by a zero byte (`find -print0`). */
export const STDIN = '-';
const MOST_BYTES = 64 * 1_048_576;

/** The paths on standard input. Fault: `read/too-many-paths`. */
export async function pathsFromStdin(input: AsyncIterable<Buffer> = process.stdin): Promise<readonly string[]> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of input) {
    bytes += part.length;
    if (bytes > MOST_BYTES)
      throw new Fault('read/too-many-paths', `more than ${MOST_BYTES} bytes of paths on standard input`);
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString('utf8');
  return text.split(text.includes('\0') ? '\0' : '\n').filter((path) => path !== '');
}

/**
 * ONNX Runtime 1.30 searches /proc/self/cmdline with a recursive regular expression and overflows its stack where a shell's `*`
 * has become more than about 25 kB of arguments (a segmentation fault at the first session). Far below that is taken as too long.
 */
const LONGEST_ARGUMENTS = 8_192;

export function isTooLongForRuntime(paths: readonly string[]): boolean {
  return paths.reduce((sum, path) => sum + Buffer.byteLength(path) + 1, 0) > LONGEST_ARGUMENTS;
}

/** Runs this very command in a process of its own that gets the paths on its standard input; sets the exit code. */
export async function readInShortProcess(paths: readonly string[]): Promise<void> {
  const [script = '', ...args] = process.argv.slice(1);
  const given = new Set(paths);
  const options = args.filter((arg) => !given.has(arg));
  const child = spawn(process.execPath, [...process.execArgv, script, ...options, STDIN], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const ended = once(child, 'exit');
  // A child that ends early says why itself; its closed pipe is no news.
  child.stdin.on('error', () => undefined);
  child.stdin.end(`${paths.join('\0')}\0`);
  const [code] = await ended;
  process.exitCode = typeof code === 'number' ? code : 1;
}
