import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Fault } from '../../../config/foundation/fault.ts';
import { INPUT_BYTES } from '../../../recognizer/reader/reader-input.ts';

const sizeSchema = z.object({ cropBytes: z.literal(INPUT_BYTES) });
const rowSchema = z.object({
  text: z.string().regex(/^[0-9A-Z]{1,16}$/),
  country: z.string().min(1).max(8),
  rows: z.union([z.literal(1), z.literal(2)]),
  /** Where one thing alone varies: which, in what unit, and how far. */
  curve: z.string().min(1).max(40).optional(),
  unit: z.string().max(40).optional(),
  value: z.number().optional(),
});

/** What a rendered crop shows. */
export type RenderedTruth = z.infer<typeof rowSchema>;

/** Crops that recognizer/training/robustness.py rendered: NAME.bin with the pixels, NAME.jsonl with the truth. */
export class RenderedSet {
  readonly truths: readonly RenderedTruth[];
  readonly #path: string;

  private constructor(path: string, truths: readonly RenderedTruth[]) {
    this.#path = path;
    this.truths = truths;
  }

  /** Fault: `evaluate/bad-rendered-set`. */
  static async open(name: string): Promise<RenderedSet> {
    const base = name.replace(/\.(jsonl|bin)$/, '');
    const [size, ...lines] = (await readText(`${base}.jsonl`)).split('\n').filter((line) => line !== '');
    if (!sizeSchema.safeParse(jsonOf(size ?? '')).success)
      throw new Fault(
        'evaluate/bad-rendered-set',
        `${base}.jsonl:1: not crops of ${INPUT_BYTES} bytes as this reader takes them; render the set again`,
      );
    const truths = lines.map((line, index) => {
      const row = rowSchema.safeParse(jsonOf(line));
      if (row.success) return row.data;
      const message = row.error.issues[0]?.message ?? '';
      throw new Fault('evaluate/bad-rendered-set', `${base}.jsonl:${index + 2}: ${message}`);
    });
    return new RenderedSet(`${base}.bin`, truths);
  }

  /** The pixels in portions of so many crops, with the truths of each portion. Fault: `evaluate/bad-rendered-set`. */
  async *portions(crops: number): AsyncGenerator<{ pixels: Uint8Array; truths: readonly RenderedTruth[] }> {
    const file = await open(this.#path).catch((cause: unknown) => {
      throw new Fault('evaluate/bad-rendered-set', `cannot read ${this.#path}`, { cause });
    });
    try {
      for (let from = 0; from < this.truths.length; from += crops) {
        const truths = this.truths.slice(from, from + crops);
        const pixels = new Uint8Array(truths.length * INPUT_BYTES);
        const { bytesRead } = await file.read(pixels, 0, pixels.length, from * INPUT_BYTES);
        if (bytesRead !== pixels.length)
          throw new Fault('evaluate/bad-rendered-set', `${this.#path} ends before its last crop`);
        yield { pixels, truths };
      }
    } finally {
      await file.close();
    }
  }
}

async function readText(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Fault('evaluate/bad-rendered-set', `cannot read ${path}`, { cause });
  });
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
