import { createInterface } from 'node:readline';

type Answer = Readonly<Record<string, unknown>>;
export type Commands = Readonly<Record<string, (parameters: never) => Answer | Promise<Answer>>>;

/** The child's end of a Child: answers commands that come as lines, until its parent is gone. */
export function obey(commands: Commands): void {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', async (line) => {
    const { number, command, ...parameters } = JSON.parse(line);
    say({ number, ...(await commands[command]?.(parameters as never)) });
  });
  lines.on('close', () => process.exit(0));
}

/** Standard output is a pipe, which Node writes to at once: what was said is said, even if this process is killed next. */
export function say(words: Answer): void {
  process.stdout.write(`${JSON.stringify(words)}\n`);
}

let offsetMs = 0;
const realNow = Date.now.bind(Date);

/** Lets this process's wall clock jump; monotonic time goes on. */
export function jumpClock(toOffsetMs: number): void {
  offsetMs = toOffsetMs;
  Date.now = () => realNow() + offsetMs;
}

/** Links that notice within a moment what takes minutes on a motorway. */
export const quickLink = {
  reconnectFirstMs: 15,
  reconnectLongestMs: 40,
  connectDeadlineMs: 400,
  keepaliveSeconds: 1,
  slowestBytesPerSecond: 1_000_000,
} as const;
