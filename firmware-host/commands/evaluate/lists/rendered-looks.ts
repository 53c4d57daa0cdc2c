import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { Fault } from '../../../../config/foundation/fault.ts';
import { installationRoot } from '../../../../config/foundation/installation.ts';
import type { Luma } from '../../../../recognizer/luma.ts';
import type { Corners } from '../../../../recognizer/plate.ts';
import type { DrawnPlate } from '../../../../sync/lists/traffic/plate-population.ts';

export interface RenderedLook {
  readonly index: number;
  readonly timeMs: number;
  /** The plate with some of its surroundings. */
  readonly luma: Luma;
  /** Where a detector finds it. */
  readonly corners: Corners;
}

export interface NumberedPlate extends DrawnPlate {
  readonly number: number;
}

export interface RenderRequest {
  readonly python: string;
  readonly seed: number;
  /** With the passages' numbers; a passage looks the same whenever it is rendered. */
  readonly plates: readonly NumberedPlate[];
}

const pointSchema = z.tuple([z.number(), z.number()]).readonly();
const headSchema = z.object({
  index: z.int().min(0),
  ms: z.number().min(0),
  width: z.int().min(1).max(4096),
  height: z.int().min(1).max(4096),
  corners: z.tuple([pointSchema, pointSchema, pointSchema, pointSchema]).readonly(),
});
const longestHead = 400;

/** The looks of rendered passages in order, from recognizer/training/render_passages.py. Faults: `evaluate/no-renderer`. */
export async function* renderedLooks(request: RenderRequest): AsyncGenerator<RenderedLook> {
  const folder = join(installationRoot(), 'recognizer', 'training');
  const renderer = spawn(request.python, ['render_passages.py', '--seed', String(request.seed)], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const failed = new Promise<never>((_, reject) => {
    const explain = `${request.python} could not render plates; it needs what recognizer/training/README.md names (--python says which to run)`;
    renderer.once('error', (cause) => reject(new Fault('evaluate/no-renderer', explain, { cause })));
    renderer.once('exit', (code) => code !== 0 && reject(new Fault('evaluate/no-renderer', explain)));
  });
  failed.catch(() => undefined);
  void askFor(request, renderer);
  const bytes = new ByteReader(renderer.stdout);
  try {
    while (true) {
      const head = await Promise.race([bytes.line(longestHead), failed]);
      if (head === null) break;
      const { index, ms, width, height, corners } = headSchema.parse(JSON.parse(head));
      const data = await Promise.race([bytes.take(width * height), failed]);
      yield { index, timeMs: ms, luma: { data, widthPx: width, heightPx: height, strideBytes: width }, corners };
    }
    if (renderer.exitCode === null)
      await Promise.race([new Promise((resolve) => renderer.once('exit', resolve)), failed]);
  } finally {
    renderer.kill();
  }
}

async function askFor({ plates }: RenderRequest, { stdin }: ChildProcess): Promise<void> {
  // A renderer that ends early is told of by its exit, not by the pipe to it.
  stdin?.on('error', () => undefined);
  for (const { number, country, layout, banded } of plates) {
    if (stdin === null || stdin.destroyed) return;
    const more = stdin.write(`${number}\t${country}\t${layout}\t${banded ? 'banded' : 'bare'}\n`);
    if (!more) await new Promise((resolve) => stdin.once('drain', resolve).once('close', resolve));
  }
  stdin?.end();
}

/** Lines and counted bytes from one stream. */
class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** Null at the end of the stream. */
  async line(longest: number): Promise<string | null> {
    while (true) {
      const end = this.#held.indexOf(10);
      if (end >= 0) return (await this.take(end + 1)).toString('utf8', 0, end);
      if (this.#held.length > longest)
        throw new Fault('evaluate/no-renderer', 'the renderer wrote no line where one belongs');
      if (!(await this.#more())) return null;
    }
  }

  async take(count: number): Promise<Buffer> {
    while (this.#held.length < count) {
      if (!(await this.#more()))
        throw new Fault('evaluate/no-renderer', 'the renderer ended in the middle of a picture');
    }
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return taken;
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#chunks.next();
    if (done) return false;
    this.#held = Buffer.concat([this.#held, value]);
    return true;
  }
}
