import { Fault } from './fault.ts';

/**
 * Runs a program; a Fault ends it with one clear line and exit code 1, anything else is a bug and shows its stack.
 * A reader of its output that has seen enough (`| head`) ends it quietly; one of its complaints that has gone ends nothing.
 */
export async function reportFaults(program: string, run: () => Promise<unknown>): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  // What else there is to do is worth more than a word that nobody takes, and a log counts what it loses.
  process.stderr.on('error', () => undefined);
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    process.stderr.write(`${program}: ${error.message} [${error.code}]\n`);
    process.exitCode = 1;
  }
}
