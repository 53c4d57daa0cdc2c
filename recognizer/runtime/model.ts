import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { Fault } from '../../config/foundation/fault.ts';
import { Session } from './session.ts';

/** A model file of which every byte is the one its card vouches for. */
export interface Model<Card> {
  readonly card: Card;
  readonly session: Session;
}

/**
 * Opens `<name>.onnx` beside `<name>.json`. The bytes that are hashed are the bytes that are loaded.
 * Faults: `model/missing`, `model/bad-card`, `model/altered`, `model/unloadable`.
 */
export async function openModel<Card extends { readonly sha256: string }>(
  folder: string,
  name: string,
  schema: z.ZodType<Card>,
): Promise<Model<Card>> {
  const card = parseCard(await readModelFile(join(folder, `${name}.json`)), name, schema);
  const bytes = await readModelFile(join(folder, `${name}.onnx`));
  if (createHash('sha256').update(bytes).digest('hex') !== card.sha256) {
    throw new Fault('model/altered', `${name}.onnx is not the file its card describes; reinstall it`);
  }
  return { card, session: await Session.load(bytes) };
}

async function readModelFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new Fault('model/missing', `cannot read the model file ${path}`, { cause });
  }
}

function parseCard<Card>(bytes: Buffer, name: string, schema: z.ZodType<Card>): Card {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new Fault('model/bad-card', `${name}.json is not JSON`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0];
  throw new Fault('model/bad-card', `${name}.json: ${where?.path.join('.') ?? ''} ${where?.message ?? ''}`);
}
