import type { ChildProcess } from 'node:child_process';
import { Fault } from '../../../config/foundation/fault.ts';
import { pause } from '../../../config/foundation/pause.ts';
import { isGone } from './centre-child.ts';

/** Nothing that a centre does takes so long. */
const longestStandstillMs = 60_000;

/** Waits for a centre's work as long as the centre is there and gets on with it. */
export class CentreWait {
  readonly #centre: Pick<ChildProcess, 'exitCode' | 'signalCode'>;
  readonly #progress: () => number;

  /** `progress` is a number that changes whenever the centre has done something. */
  constructor(centre: Pick<ChildProcess, 'exitCode' | 'signalCode'>, progress: () => number) {
    this.#centre = centre;
    this.#progress = progress;
  }

  /** Fault: `bench/no-centre` when it is gone. */
  mustBeThere(): void {
    if (isGone(this.#centre)) throw noCentre('it ended');
  }

  /** Resolves when `isDone`, asked each so many milliseconds. Fault: `bench/no-centre`. */
  async until(isDone: () => boolean, everyMs: number): Promise<void> {
    let progress = this.#progress();
    let sinceMs = performance.now();
    while (!isDone()) {
      this.mustBeThere();
      const now = this.#progress();
      if (now !== progress) [progress, sinceMs] = [now, performance.now()];
      if (performance.now() - sinceMs > longestStandstillMs)
        throw noCentre(`it did nothing for ${longestStandstillMs / 1000} s`);
      await pause(everyMs);
    }
  }
}

function noCentre(why: string): Fault {
  return new Fault('bench/no-centre', `the centre confirms nothing any more: ${why}; see its messages above`);
}
