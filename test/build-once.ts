import { execFileSync } from 'node:child_process';

/** Builds the programs before the tests, because tests start the camera worker and the command line as real processes. */
export default function buildOnce(): void {
  if (process.env.HAZELDONK_SKIP_BUILD === '1') return;
  execFileSync('npx', ['tsup', '--silent'], { stdio: 'inherit' });
}
