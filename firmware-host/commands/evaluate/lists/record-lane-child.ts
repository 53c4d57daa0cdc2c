import { Fault } from '../../../../config/foundation/fault.ts';
import { Recognizer } from '../../../../recognizer/recognizer.ts';
import type { FromLane, LaneRole, ToLane } from './record-lane-messages.ts';
import { renderedPassages } from './rendered-passages.ts';

/** A process that renders and reads passages, each when it is asked for: reading keeps a core busy by itself. */
const asked: (() => void)[] = [];
let due = 0;
process.once('disconnect', () => process.exit(0));
process.on('message', (message) => {
  const to = message as ToLane;
  if (to.ask === 'begin') void run(to.role);
  else if (asked.length > 0) asked.shift()?.();
  else due += 1;
});

async function run({ models, python, plates }: LaneRole): Promise<void> {
  try {
    const recognizer = await Recognizer.open({ modelsFolder: models });
    for await (const passage of renderedPassages(plates, { recognizer, python }))
      await answer({ tell: 'passage', passage });
    await recognizer.close();
    await answer({ tell: 'end' });
  } catch (error) {
    const code = error instanceof Fault ? error.code : 'evaluate/lane-failed';
    await answer({ tell: 'fault', code, message: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect?.();
}

/** Whoever is not asking does not listen. */
async function answer(message: FromLane): Promise<void> {
  await next();
  await new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}

function next(): Promise<void> | void {
  if (due === 0) return new Promise((resolve) => asked.push(resolve));
  due -= 1;
}
