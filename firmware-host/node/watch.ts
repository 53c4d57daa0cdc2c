import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '../../config/foundation/service.ts';
import { clockState } from '../health/clock-state.ts';
import type { NodeState } from './node-state.ts';

const everyMs = 1_000;
const clockEvery = 60;

/** Looks at what changes with time: frame rates and link each second, the clock each minute. */
export class Watch implements Service {
  readonly name = 'watch';
  readonly #state: NodeState;

  constructor(state: NodeState) {
    this.#state = state;
  }

  async run(signal: AbortSignal): Promise<void> {
    for (let second = 0; !signal.aborted; second++) {
      if (second % clockEvery === 0) this.#state.setClock(await clockState());
      this.#state.observe();
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
