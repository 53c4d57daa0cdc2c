/** Where in the program an error arose. Its message may name a file or carry data; its place may be told. */
export function whereOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const places = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return places.slice(0, 4).join(' ').replace(/\s+/g, ' ').trim().slice(0, 500);
}
