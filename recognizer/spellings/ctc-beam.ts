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
const SLACK = 0.2;

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
  #shares = new Float64Array(0);

  constructor(options: BeamOptions) {
    this.#options = options;
    this.#width = options.spellings * WIDER;
    this.#slack = options.floor * SLACK;
    this.#tree = new PrefixTree(Math.max(4096, this.#width * 128));
  }

  spellings(columns: CharacterColumns): readonly Spelling[] {
    const symbols = columns.alphabet.length + 1;
    const count = columns.logProbabilities.length / symbols;
    const shares = this.#sharesOf(symbols);
    const likely: number[] = [];
    const least = Math.log(this.#slack);
    let beam: Int32Array = Int32Array.of(this.#tree.clear());
    for (let column = 0; column < count; column++) {
      likely.length = 0;
      for (let symbol = 0; symbol < symbols; symbol++) {
        const logarithm = columns.logProbabilities[column * symbols + symbol] ?? Number.NEGATIVE_INFINITY;
        shares[symbol] = logarithm > least ? Math.exp(logarithm) : 0;
        if (symbol > 0 && logarithm > least) likely.push(symbol);
      }
      // The likelier first, so that a weak prefix can stop at the first character that is too much for it.
      if (likely.length > 1) likely.sort((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0));
      beam = this.#strongest(this.#step(beam, shares, likely));
    }
    return this.#mostProbable(beam).map(({ node, probability }) => ({
      text: this.#tree.text(node, columns.alphabet),
      probability,
    }));
  }

  /** The prefixes of the last column that are texts to give; most of a beam is not. */
  #mostProbable(beam: Int32Array) {
    const { floor, spellings } = this.#options;
    const tree = this.#tree;
    const texts: { readonly node: number; readonly probability: number }[] = [];
    for (const node of beam) {
      const probability = Math.min(1, tree.mass(node));
      if (tree.symbol(node) > 0 && probability > 0 && probability >= floor) texts.push({ node, probability });
    }
    return texts.sort((a, b) => b.probability - a.probability).slice(0, spellings);
  }

  /** Extends every prefix by one column: stay by blank, stay by repeating the last character, or grow by a character. */
  #step(beam: Int32Array, shares: Float64Array, likely: readonly number[]): Int32Array {
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
      for (let i = 0; i < likely.length; i++) {
        const symbol = likely[i] ?? 0;
        const most = mass * (shares[symbol] ?? 0);
        if (most < this.#slack) break;
        const grown = symbol === last ? tree.blankMass(node) * (shares[symbol] ?? 0) : most;
        if (grown === 0) continue;
        const child = tree.child(node, symbol, grown >= entry);
        if (child !== 0) tree.add(child, 0, grown);
      }
    }
    return tree.endColumn(this.#slack);
  }

  #sharesOf(symbols: number): Float64Array {
    if (this.#shares.length !== symbols) this.#shares = new Float64Array(symbols);
    return this.#shares;
  }

  #strongest(nodes: Int32Array): Int32Array {
    if (nodes.length <= this.#width) return nodes;
    const tree = this.#tree;
    if (this.#masses.length < nodes.length) this.#masses = new Float64Array(nodes.length * 2);
    const masses = this.#masses.subarray(0, nodes.length);
    for (let i = 0; i < nodes.length; i++) masses[i] = tree.mass(nodes[i] ?? 0);
    const least = masses.sort()[nodes.length - this.#width] ?? 0;
    return nodes.filter((node) => tree.mass(node) >= least).slice(0, this.#width);
  }
}
