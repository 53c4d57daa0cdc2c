import { Fault } from '../../../config/foundation/fault.ts';
import type { Luma } from '../../../recognizer/luma.ts';
import type { Recognizer } from '../../../recognizer/recognizer.ts';
import { Evaluation } from './evaluation.ts';
import { labelledLuma } from './labelled-luma.ts';
import type { LabelledPicture } from './labels.ts';

export interface Scoring {
  readonly recognizer: Recognizer;
  /** The pictures are plates already cut out. */
  readonly crops: boolean;
  /** Is told, a line each, of pictures that cannot be read. */
  readonly complain: (line: string) => void;
}

/** Reads and scores labelled pictures; one that cannot be read is told of and left out, and costs none of the others. */
export async function scorePhotographs(
  pictures: readonly LabelledPicture[],
  { recognizer, crops, complain }: Scoring,
): Promise<Evaluation> {
  const evaluation = new Evaluation(recognizer);
  for (const picture of pictures) {
    const luma = await orNull(() => labelledLuma(picture), complain);
    if (luma === null) evaluation.leaveOut();
    else if (crops) await evaluation.addCrop(picture, luma);
    else await evaluation.addPicture(picture, luma);
  }
  return evaluation;
}

async function orNull(load: () => Promise<Luma>, complain: (line: string) => void): Promise<Luma | null> {
  try {
    return await load();
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    complain(`${fault.message} (${fault.code})`);
    return null;
  }
}
