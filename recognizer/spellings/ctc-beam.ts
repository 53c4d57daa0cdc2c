import { byProbability, type Spelling } from '../plate.ts';
import { type Column, PrefixTree } from './prefix-tree.ts';

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
  /** Logarithm of the least share that a symbol counts with. */
  readonly #least: number;
  /** Memory is kept from read to read. */
  readonly #tree: PrefixTree;
  #shares = new Float64Array(0);
  #likely = new Int32Array(0);

  constructor(options: BeamOptions) {
    this.#options = options;
    const slack = options.floor * SLACK;
    const width = options.spellings * WIDER;
    this.#least = Math.log(slack);
    this.#tree = new PrefixTree(Math.max(4096, width * 128), { slack, width });
  }

  spellings(columns: CharacterColumns): readonly Spelling[] {
    const symbols = columns.alphabet.length + 1;
    const count = columns.logProbabilities.length / symbols;
    if (this.#shares.length !== symbols) {
      this.#shares = new Float64Array(symbols);
      this.#likely = new Int32Array(symbols);
    }
    this.#tree.clear();
    for (let column = 0; column < count; column++)
      this.#tree.advance(this.#columnFrom(columns.logProbabilities, column * symbols));
    const spellings = this.#mostProbable().map(({ node, probability }) => ({
      text: this.#tree.text(node, columns.alphabet),
      probability,
    }));
    this.#tree.clear();
    return spellings;
  }

  #columnFrom(logProbabilities: Float32Array, from: number): Column {
    const shares = this.#shares;
    const likely = this.#likely;
    const least = this.#least;
    let likelyCount = 0;
    for (let symbol = 0; symbol < shares.length; symbol++) {
      const logarithm = logProbabilities[from + symbol] as number;
      if (!(logarithm > least)) {
        shares[symbol] = 0;
        continue;
      }
      const share = Math.exp(logarithm);
      shares[symbol] = share;
      if (symbol === 0) continue;
      // The likelier first, so that a weak prefix can stop at the first character that is too much for it.
      let place = likelyCount++;
      for (; place > 0 && (shares[likely[place - 1] as number] as number) < share; place--)
        likely[place] = likely[place - 1] as number;
      likely[place] = symbol;
    }
    return { shares, likely, likelyCount };
  }

  /** The prefixes of the last column that are texts to give; most of a beam is not. */
  #mostProbable() {
    const { floor, spellings } = this.#options;
    const tree = this.#tree;
    const texts: { readonly node: number; readonly probability: number }[] = [];
    for (const node of tree.kept) {
      const probability = Math.min(1, tree.mass(node));
      if (!tree.isEmpty(node) && probability > 0 && probability >= floor) texts.push({ node, probability });
    }
    return texts.sort(byProbability).slice(0, spellings);
  }
}
