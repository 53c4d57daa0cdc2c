import { on } from 'node:events';
import { Fault } from '../../../../config/foundation/fault.ts';
import { Recognizer } from '../../../../recognizer/recognizer.ts';
import type { FromLane, LaneRole } from './record-lane-messages.ts';
import { renderedPassages } from './rendered-passages.ts';

/** A process that renders and reads passages, each when it is asked for: reading keeps a core busy by itself. */
const asked = on(process, 'message');
process.once('disconnect', () => process.exit(0));
const { value } = await asked.next();
try {
  const { models, python, plates } = value[0] as LaneRole;
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

/** Whoever is not asking does not listen. */
async function answer(message: FromLane): Promise<void> {
  await asked.next();
  await new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}
