import { Fault } from './fault.ts';

/** Runs a program; a Fault ends it with one clear line and exit code 1, anything else is a bug and shows its stack. */
export async function reportFaults(program: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    process.stderr.write(`${program}: ${error.message} [${error.code}]\n`);
    process.exitCode = 1;
  }
}
