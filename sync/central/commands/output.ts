/** A line of what was asked for, on standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A line for the person at the terminal, on standard error, so that output stays for programs. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
