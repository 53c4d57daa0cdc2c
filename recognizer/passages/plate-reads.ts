import type { Hypotheses, PlateRead } from '../plate.ts';
import { withSyntax } from '../syntax/syntax-prior.ts';
import { type Fused, type FusionOptions, fuse, type WeighedRead, worthOf } from './fusion.ts';
import type { PlateCutOut } from './plate-cut-out.ts';

export interface PlateReadsOptions extends FusionOptions {
  readonly maxReads: number;
  readonly decideAbove: number;
  readonly minPlateProbability: number;
}

/** One read decides nothing early: a second one must agree. */
const READS_TO_DECIDE = 2;
/** The first half of the reads goes to frames about as good as the best so far, the other half to frames clearly better. */
const ABOUT_AS_GOOD = 0.8;
const CLEARLY_BETTER = 1.3;

/** The reads of one vehicle: which frames deserve one, what they say together, and which was the best. */
export class PlateReads {
  readonly #options: PlateReadsOptions;
  #reads: WeighedRead[] = [];
  #seen: Fused | null = null;
  #joined: Hypotheses | null = null;

  constructor(options: PlateReadsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#reads.length;
  }

  get all(): readonly WeighedRead[] {
    return this.#reads;
  }

  /** The read that tells most; its frame is the evidence. */
  get best(): WeighedRead | null {
    return this.#reads.reduce<WeighedRead | null>((a, b) => (a === null || worthOf(b) > worthOf(a) ? b : a), null);
  }

  /** What the pictures of all reads say together; without any, no spellings and no probability of a plate. */
  get seen(): Fused {
    this.#seen ??= fuse(this.#reads, this.#options);
    return this.#seen;
  }

  /** The same, weighed by what countries write: once for all reads, for it is no news that each of them brings. */
  get fused(): Hypotheses {
    this.#joined ??= withSyntax(this.seen);
    return this.#joined;
  }

  /** Whether a frame of this readability is worth one of the reads that are left. */
  deserve(readability: number): boolean {
    if (readability === 0 || this.#reads.length === 0) return readability > 0;
    const { maxReads } = this.#options;
    const best = Math.max(...this.#reads.map((read) => read.readability));
    const share = this.#reads.length < Math.max(maxReads / 2, READS_TO_DECIDE) ? ABOUT_AS_GOOD : CLEARLY_BETTER;
    return this.#reads.length < maxReads && readability >= best * share;
  }

  /** Adds a read, in place of the worst when all are spent; true when it is the best so far. */
  add(read: WeighedRead): boolean {
    this.#reads.push(read);
    if (this.#reads.length > this.#options.maxReads) {
      this.#reads.sort((a, b) => worthOf(b) - worthOf(a));
      this.#reads.pop();
    }
    this.#seen = null;
    this.#joined = null;
    return this.best === read;
  }

  /**
   * Reads again, from their cut-outs, those that were not yet: whoever reports a vehicle does this first. One outline of one picture makes a
   * network sure of a wrong text now and then, and then what was sure may be so no more.
   */
  async readAgain(again: (cut: PlateCutOut, read: PlateRead) => Promise<PlateRead>): Promise<void> {
    if (!this.isPlate || this.#reads.every(({ cut }) => cut === undefined)) return;
    const reads: WeighedRead[] = [];
    for (const { cut, ...once } of this.#reads)
      reads.push(
        cut === undefined || once.read.spellings.length === 0 ? once : { ...once, read: await again(cut, once.read) },
      );
    this.#reads = reads;
    this.#seen = null;
    this.#joined = null;
  }

  /** Whether the text is sure enough to be reported before the vehicle has left. */
  get sure(): boolean {
    if (this.#reads.length < Math.min(READS_TO_DECIDE, this.#options.maxReads)) return false;
    return this.isPlate && (this.fused.spellings[0]?.probability ?? 0) >= this.#options.decideAbove;
  }

  /** Whether there is a text, and it is probably that of a plate. */
  get isPlate(): boolean {
    return this.seen.spellings.length > 0 && this.seen.plateProbability >= this.#options.minPlateProbability;
  }
}
