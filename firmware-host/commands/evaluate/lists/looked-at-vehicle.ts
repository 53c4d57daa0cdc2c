import type { Luma } from '../../../../recognizer/luma.ts';
import { PlateReads } from '../../../../recognizer/passages/plate-reads.ts';
import { readabilityOf } from '../../../../recognizer/passages/readability.ts';
import type { Corners } from '../../../../recognizer/plate.ts';
import type { Recognizer } from '../../../../recognizer/recognizer.ts';
import { asOnTheNode } from '../as-on-the-node.ts';
import { lookOf, type RecordedLook } from './recording.ts';

/** A vehicle looked at as a node's passage is: no longer than until it is sure, and each look read again before anything is reported. */
export class LookedAtVehicle {
  readonly #recognizer: Recognizer;
  readonly #reads = new PlateReads(asOnTheNode);

  constructor(recognizer: Recognizer) {
    this.#recognizer = recognizer;
  }

  /** One more picture, and where its plate was found in it. */
  async look(luma: Luma, corners: Corners, timeMs: number): Promise<void> {
    if (this.#reads.sure) return;
    const read = await this.#recognizer.readFound(luma, corners);
    this.#reads.add({ read, timeMs, readability: readabilityOf(luma, corners), cut: { luma, corners } });
    if (this.#reads.sure) await this.#readAgain();
  }

  /** What was seen of it. */
  async looks(): Promise<readonly RecordedLook[]> {
    await this.#readAgain();
    return this.#reads.all.map(lookOf);
  }

  async #readAgain(): Promise<void> {
    await this.#reads.readAgain(({ luma }, read) => this.#recognizer.readAgain(luma, read));
  }
}
