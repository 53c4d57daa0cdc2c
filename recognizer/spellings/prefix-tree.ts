/** One column as the search takes it. */
export interface Column {
  /** Probability of each symbol, the blank first. */
  readonly shares: Float64Array;
  /** The characters worth trying, the likelier first. */
  readonly likely: Int32Array;
  readonly likelyCount: number;
}

/** What keeps the search small. */
export interface Cuts {
  /** Prefixes of less mass are dropped. */
  readonly slack: number;
  /** Of the others, so many of the greatest mass are kept. */
  readonly width: number;
}

/**
 * The prefixes of a beam search as a tree in flat arrays: node 0 is the empty text, a child adds one character. Each node
 * has the probability of the paths that spell it and end in the blank, and of those that end in its last character.
 */
export class PrefixTree {
  readonly #cuts: Cuts;
  readonly #parent: Int32Array;
  readonly #symbol: Int32Array;
  readonly #firstChild: Int32Array;
  readonly #nextSibling: Int32Array;
  /** The last column with characters that reached the node. */
  readonly #column: Int32Array;
  readonly #blank: Float64Array;
  readonly #character: Float64Array;
  readonly #nextBlank: Float64Array;
  readonly #nextCharacter: Float64Array;
  readonly #reached: Int32Array;
  readonly #kept: Int32Array;
  readonly #masses: Float64Array;
  #size = 0;
  #columns = 0;
  #keptCount = 0;

  /** A full tree grows no more: the search then goes on among the prefixes it has. */
  constructor(capacity: number, cuts: Cuts) {
    this.#cuts = cuts;
    this.#parent = new Int32Array(capacity);
    this.#symbol = new Int32Array(capacity);
    this.#firstChild = new Int32Array(capacity);
    this.#nextSibling = new Int32Array(capacity);
    this.#column = new Int32Array(capacity);
    this.#blank = new Float64Array(capacity);
    this.#character = new Float64Array(capacity);
    this.#nextBlank = new Float64Array(capacity);
    this.#nextCharacter = new Float64Array(capacity);
    this.#reached = new Int32Array(capacity);
    this.#kept = new Int32Array(capacity);
    this.#masses = new Float64Array(capacity);
  }

  /** The prefixes that are kept. */
  get kept(): Int32Array {
    return this.#kept.subarray(0, this.#keptCount);
  }

  /** Forgets everything but the empty text, which is certain before the first column: no character stays in memory. */
  clear(): void {
    this.#symbol.fill(0, 0, this.#size);
    this.#size = 0;
    this.#columns = 0;
    const root = this.#create(0, 0);
    this.#blank[root] = 1;
    this.#kept[0] = root;
    this.#keptCount = 1;
  }

  /** Extends every kept prefix by one column: stay by blank, stay by repeating the last character, or grow by a character. */
  advance(column: Column): void {
    this.#columns++;
    if (column.likelyCount === 0) this.#stayByBlank(column.shares[0] as number);
    else this.#keep(this.#grow(column, this.#stay(column.shares)));
  }

  /** Where no character is likely the texts stay as they are. */
  #stayByBlank(share: number): void {
    const { slack } = this.#cuts;
    const kept = this.#kept;
    const blank = this.#blank;
    const character = this.#character;
    let still = 0;
    for (let i = 0; i < this.#keptCount; i++) {
      const node = kept[i] as number;
      const mass = ((blank[node] as number) + (character[node] as number)) * share;
      blank[node] = mass;
      character[node] = 0;
      if (mass >= slack) kept[still++] = node;
    }
    this.#keptCount = still;
  }

  /** What the kept prefixes have next without growing; returns the mass of the weakest. */
  #stay(shares: Float64Array): number {
    const blankShare = shares[0] as number;
    const blank = this.#blank;
    const character = this.#character;
    let weakest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#keptCount; i++) {
      const node = this.#kept[i] as number;
      const symbol = this.#symbol[node] as number;
      const byBlank = ((blank[node] as number) + (character[node] as number)) * blankShare;
      const repeated = symbol > 0 ? (character[node] as number) * (shares[symbol] as number) : 0;
      this.#column[node] = this.#columns;
      this.#nextBlank[node] = byBlank;
      this.#nextCharacter[node] = repeated;
      this.#reached[i] = node;
      weakest = Math.min(weakest, byBlank + repeated);
    }
    return weakest;
  }

  /** Grows the kept prefixes by what is likely; returns how many nodes the column has reached. */
  #grow({ shares, likely, likelyCount }: Column, weakest: number): number {
    const { slack, width } = this.#cuts;
    const count = this.#keptCount;
    // With a full beam, whatever is weaker than all that stays will be cut anyway.
    const entry = count >= width ? Math.max(weakest, slack) : slack;
    const column = this.#columns;
    let reached = count;
    for (let i = 0; i < count; i++) {
      const node = this.#kept[i] as number;
      const last = this.#symbol[node] as number;
      const byBlank = this.#blank[node] as number;
      const mass = byBlank + (this.#character[node] as number);
      for (let j = 0; j < likelyCount; j++) {
        const symbol = likely[j] as number;
        const most = mass * (shares[symbol] as number);
        if (most < slack) break;
        const grown = symbol === last ? byBlank * (shares[symbol] as number) : most;
        if (grown === 0) continue;
        const child = this.#child(node, symbol, grown >= entry);
        if (child === 0) continue;
        if (this.#column[child] === column) {
          this.#nextCharacter[child] = (this.#nextCharacter[child] as number) + grown;
        } else {
          this.#column[child] = column;
          this.#nextBlank[child] = 0;
          this.#nextCharacter[child] = grown;
          this.#reached[reached++] = child;
        }
      }
    }
    return reached;
  }

  /** Makes what the column gave count, and keeps what has enough of it. */
  #keep(reached: number): void {
    const { slack, width } = this.#cuts;
    let kept = 0;
    for (let i = 0; i < reached; i++) {
      const node = this.#reached[i] as number;
      const byBlank = this.#nextBlank[node] as number;
      const byCharacter = this.#nextCharacter[node] as number;
      this.#blank[node] = byBlank;
      this.#character[node] = byCharacter;
      if (byBlank + byCharacter >= slack) this.#kept[kept++] = node;
    }
    this.#keptCount = kept > width ? this.#strongest(kept) : kept;
  }

  #strongest(count: number): number {
    const { width } = this.#cuts;
    const masses = this.#masses.subarray(0, count);
    for (let i = 0; i < count; i++) masses[i] = this.mass(this.#kept[i] as number);
    const least = masses.sort()[count - width] as number;
    let kept = 0;
    for (let i = 0; i < count && kept < width; i++) {
      const node = this.#kept[i] as number;
      if (this.mass(node) >= least) this.#kept[kept++] = node;
    }
    return kept;
  }

  /**
   * The node of the prefix grown by a symbol. One that this column has not reached is given only when `wanted`, else 0;
   * one that it has reached always, since two ways to the same text must meet.
   */
  #child(node: number, symbol: number, wanted: boolean): number {
    let child = this.#firstChild[node] as number;
    while (child !== 0 && this.#symbol[child] !== symbol) child = this.#nextSibling[child] as number;
    if (child !== 0) return wanted || this.#column[child] === this.#columns ? child : 0;
    if (!wanted || this.#size === this.#parent.length) return 0;
    const created = this.#create(node, symbol);
    this.#nextSibling[created] = this.#firstChild[node] as number;
    this.#firstChild[node] = created;
    return created;
  }

  /** Whether the node is the empty text. */
  isEmpty(node: number): boolean {
    return this.#symbol[node] === 0;
  }

  mass(node: number): number {
    return (this.#blank[node] as number) + (this.#character[node] as number);
  }

  text(node: number, alphabet: string): string {
    let text = '';
    for (let at = node; at !== 0; at = this.#parent[at] as number)
      text = alphabet.charAt((this.#symbol[at] as number) - 1) + text;
    return text;
  }

  #create(parent: number, symbol: number): number {
    const node = this.#size++;
    this.#parent[node] = parent;
    this.#symbol[node] = symbol;
    this.#firstChild[node] = 0;
    this.#nextSibling[node] = 0;
    this.#column[node] = 0;
    this.#blank[node] = 0;
    this.#character[node] = 0;
    return node;
  }
}
