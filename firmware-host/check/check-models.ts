import type { z } from 'zod';
import { Fault } from '../../config/foundation/fault.ts';
import { openModel } from '../../recognizer/runtime/model.ts';
import { detectorCardSchema, readerCardSchema } from '../../recognizer/runtime/model-card.ts';
import { type Finding, fail, ok } from './finding.ts';

/** The two models: there, as their cards vouch for, and runnable on this machine. */
export async function checkModels(folder: string): Promise<readonly Finding[]> {
  return [
    await checkModel(folder, 'detector', detectorCardSchema),
    await checkModel(folder, 'reader', readerCardSchema),
  ];
}

async function checkModel<Card extends { readonly sha256: string }>(
  folder: string,
  name: string,
  card: z.ZodType<Card>,
): Promise<Finding> {
  const item = `model ${name}`;
  try {
    const model = await openModel(folder, name, card);
    await model.session.close();
    return ok(item, `${folder}/${name}.onnx, sha256 ${model.card.sha256.slice(0, 12)}`);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return fail(item, `${error.message} [${error.code}]`, 'reinstall the program, or correct recognizer.modelsFolder');
  }
}
