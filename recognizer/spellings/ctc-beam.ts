import type { Spelling } from '../plate.ts';
import { PrefixTree } from './prefix-tree.ts';

/** A reader's output for one crop: per column the log-probability of the CTC blank, then of each character. */
export interface CharacterColumns {
  readonly logProbabilities: Float32Array;
  readonly alphabet: string;
}

export interface BeamOptions {
  /** At most this many spellings, the most probable first. */
  readonly spellings: number;
  /** Spellings less probable than this are left out. */
  readonly floor: number;
}

/** The beam is this much wider than the result, because a text's paths do not all rank high on the way. */
const WIDER = 2;
/** What is less probable than this share of the floor cannot lift a text over the floor by itself. */
const SLACK = 0.05;

/**
 * Finds the most probable texts under connectionist temporal classification, by prefix beam search (A. Hannun and
 * others, 2014). A sharp read costs microseconds; a vague one is bounded by the beam's width and the tree's capacity.
 * Probabilities are kept linear: forty columns stay far from the smallest double.
 */
export class CtcBeam {
  readonly #options: BeamOptions;
  readonly #width: number;
  readonly #slack: number;
  /** Memory is kept from read to read. */
  readonly #tree: PrefixTree;
  #masses = new Float64Array(0);

  constructor(options: BeamOptions) {
    this.#options = options;
    this.#width = options.spellings * WIDER;
    this.#slack = options.floor * SLACK;
    this.#tree = new PrefixTree(Math.max(4096, this.#width * 128));
  }

  spellings(columns: CharacterColumns): readonly Spelling[] {
    const symbols = columns.alphabet.length + 1;
    const count = columns.logProbabilities.length / symbols;
    const shares = new Float64Array(symbols);
    const likely: number[] = [];
    let beam: readonly number[] = [this.#tree.clear()];
    for (let column = 0; column < count; column++) {
      likely.length = 0;
      for (let symbol = 0; symbol < symbols; symbol++) {
        const share = Math.exp(columns.logProbabilities[column * symbols + symbol] ?? Number.NEGATIVE_INFINITY);
        shares[symbol] = share;
        if (symbol > 0 && share > this.#slack) likely.push(symbol);
      }
      beam = this.#strongest(this.#step(beam, shares, likely));
    }
    return beam
      .map((node) => ({
        text: this.#tree.text(node, columns.alphabet),
        probability: Math.min(1, this.#tree.mass(node)),
      }))
      .filter(({ text, probability }) => text !== '' && probability > 0 && probability >= this.#options.floor)
      .sort((a, b) => b.probability - a.probability)
      .slice(0, this.#options.spellings);
  }

  /** Extends every prefix by one column: stay by blank, stay by repeating the last character, or grow by a character. */
  #step(beam: readonly number[], shares: Float64Array, likely: readonly number[]): readonly number[] {
    const tree = this.#tree;
    tree.beginColumn();
    let weakest = Number.POSITIVE_INFINITY;
    for (const node of beam) {
      const symbol = tree.symbol(node);
      const blank = tree.mass(node) * (shares[0] ?? 0);
      const repeated = symbol > 0 ? tree.characterMass(node) * (shares[symbol] ?? 0) : 0;
      tree.add(node, blank, repeated);
      weakest = Math.min(weakest, blank + repeated);
    }
    // With a full beam, whatever is weaker than all that stays will be cut anyway.
    const entry = beam.length >= this.#width ? Math.max(weakest, this.#slack) : this.#slack;
    for (const node of beam) {
      const last = tree.symbol(node);
      const mass = tree.mass(node);
      for (const symbol of likely) {
        const from = symbol === last ? tree.blankMass(node) : mass;
        const grown = from * (shares[symbol] ?? 0);
        if (grown === 0) continue;
        const child = tree.child(node, symbol, grown >= entry);
        if (child !== 0) tree.add(child, 0, grown);
      }
    }
    return tree.endColumn();
  }

  #strongest(nodes: readonly number[]): readonly number[] {
    const tree = this.#tree;
    let least = this.#slack;
    if (nodes.length > this.#width) {
      if (this.#masses.length < nodes.length) this.#masses = new Float64Array(nodes.length * 2);
      const masses = this.#masses.subarray(0, nodes.length);
      for (let i = 0; i < nodes.length; i++) masses[i] = tree.mass(nodes[i] ?? 0);
      least = Math.max(least, masses.sort()[nodes.length - this.#width] ?? 0);
    }
    return nodes.filter((node) => tree.mass(node) >= least).slice(0, this.#width);
  }
}
