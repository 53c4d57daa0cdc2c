/** Progress on standard error: on a terminal one line that changes, elsewhere a line when the work changes. */
export function progressLine(): { readonly say: (text: string) => void; readonly end: () => void } {
  const terminal = process.stderr.isTTY;
  let last = '';
  return {
    say(text) {
      const work = text.replace(/\d+/g, '#');
      if (terminal) process.stderr.write(`\r\x1b[K${text}`);
      else if (work !== last) process.stderr.write(`${text}\n`);
      last = work;
    },
    end() {
      if (terminal) process.stderr.write('\r\x1b[K');
    },
  };
}
