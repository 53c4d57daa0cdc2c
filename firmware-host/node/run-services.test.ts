import { describe, expect, it } from 'vitest';
import type { Service } from '../../config/foundation/service.ts';
import { runInTurn, runServices } from './run-services.ts';

function untilStopped(name: string, log: string[]): Service {
  return {
    name,
    run: (signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          log.push(name);
          resolve();
        });
      }),
  };
}

const failing: Service = {
  name: 'failing',
  run: async () => {
    throw new Error('broken');
  },
};

describe('running services', () => {
  it('stops the others and throws when one fails', async () => {
    const stopped: string[] = [];
    await expect(runServices([untilStopped('a', stopped), failing], new AbortController().signal)).rejects.toThrow(
      'broken',
    );
    expect(stopped).toEqual(['a']);
  });

  it('stops the front first, then lets what is left leave, then stops the back', async () => {
    const order: string[] = [];
    const stop = new AbortController();
    const running = runInTurn(
      {
        front: [untilStopped('camera', order)],
        between: async () => {
          order.push('drain');
        },
        back: [untilStopped('link', order)],
      },
      stop.signal,
    );
    stop.abort();
    await running;
    expect(order).toEqual(['camera', 'drain', 'link']);
  });

  it('stops the front when the back fails, and says why', async () => {
    const order: string[] = [];
    const turns = { front: [untilStopped('camera', order)], between: async () => undefined, back: [failing] };
    await expect(runInTurn(turns, new AbortController().signal)).rejects.toThrow('broken');
    expect(order).toEqual(['camera']);
  });
});
