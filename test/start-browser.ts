import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const program = '/usr/bin/chromium';

/** Whether tests in a browser can run; where it must not be missing (continuous integration), its absence throws. */
export function browserInstalled(): boolean {
  if (existsSync(program)) return true;
  if (process.env.CI) throw new Error(`${program} is missing: install Debian's package chromium`);
  console.warn(`skipped: ${program} is missing; install Debian's package chromium to run these tests`);
  return false;
}

/** Debian's Chromium without a window; it asks nothing of the network on its own. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: program,
    // Containers run tests as root and have no sandbox of their own.
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'],
  });
}
