import { type Log, silentLog } from '../../config/foundation/log.ts';
import { isDiskFull } from '../database/is-full.ts';
import type { Hit, Withdrawn } from '../uplink/hit.ts';
import type { EvidenceFolder } from './evidence-folder.ts';
import { type ColourDepth, type DecodedPicture, halfBlocks } from './half-block.ts';
import { hitCard, pictureCaption } from './hit-card.ts';
import type { ReceivedPicture } from './receiver.ts';

/** Decodes a JPEG for display; the package that can is not this folder's, so the program passes it in. */
export type DecodePicture = (jpeg: Uint8Array) => Promise<DecodedPicture>;

export interface HitPrinterOptions {
  readonly write: (text: string) => void;
  readonly json: boolean;
  /** Null where the terminal shows no colours: then the file's path stands for the picture. */
  readonly colours: ColourDepth | null;
  readonly columns: number;
  readonly showPictures: boolean;
  readonly decodePicture: DecodePicture;
  readonly evidence: Pick<EvidenceFolder, 'save'> | null;
  readonly log?: Log | undefined;
}

/** Shows hits and their pictures as they arrive: cards for people, or one JSON object a line for programs. */
export class HitPrinter {
  readonly #options: HitPrinterOptions;
  #diskFull = false;

  constructor(options: HitPrinterOptions) {
    this.#options = options;
  }

  hit(hit: Hit): void {
    if (this.#options.json) this.#line(JSON.stringify({ event: 'hit', hit }));
    else this.#lines(['', ...hitCard(hit, { colours: this.#options.colours !== null })]);
  }

  withdrawn({ data }: Withdrawn): void {
    if (this.#options.json) this.#line(JSON.stringify({ event: 'withdrawn', hit: data.hit, reason: data.reason }));
    else this.#lines(['', `  hit ${data.hit} was taken back by node ${data.node}: ${data.reason}`]);
  }

  /** Only the plate is drawn: a scene in half-blocks shows nothing. */
  async picture(picture: ReceivedPicture): Promise<void> {
    const { json, showPictures } = this.#options;
    const { hit, kind, jpeg } = picture;
    const path = await this.#saved(picture);
    if (json) {
      this.#line(JSON.stringify({ event: 'picture', hit: hit.id, kind, sha256: hit.data.evidence[kind], path }));
      return;
    }
    const drawn = showPictures && kind === 'plate' ? await this.#draw(jpeg) : [];
    if (drawn.length === 0 && path === null) return;
    this.#lines([
      `${pictureCaption(hit, kind)}${path === null ? '' : `: ${path}`}`,
      ...drawn.map((line) => `  ${line}`),
    ]);
  }

  /** The file's path; null where there is none. A full disk must not end the receiver: the store has the picture already. */
  async #saved({ hit, kind, jpeg }: ReceivedPicture): Promise<string | null> {
    const { evidence, log = silentLog } = this.#options;
    if (evidence === null) return null;
    try {
      const path = await evidence.save(hit.id, kind, jpeg);
      this.#diskFull = false;
      return path;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      // Said once until something is saved again.
      if (!this.#diskFull) log.event('error', 'centre/evidence-disk-full', { hit: hit.id, kind });
      this.#diskFull = true;
      return null;
    }
  }

  async #draw(jpeg: Uint8Array): Promise<readonly string[]> {
    const { colours, columns, decodePicture } = this.#options;
    if (colours === null) return [];
    try {
      return halfBlocks(await decodePicture(jpeg), {
        columns: Math.max(8, Math.min(64, columns - 4)),
        rows: 12,
        colours,
      });
    } catch {
      // The node's hash vouches for the bytes, not for their being a picture; the hit itself was shown already.
      return ['(this picture cannot be decoded)'];
    }
  }

  #lines(lines: readonly string[]): void {
    this.#options.write(`${lines.join('\n')}\n`);
  }

  #line(line: string): void {
    this.#options.write(`${line}\n`);
  }
}
