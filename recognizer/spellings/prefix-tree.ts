/**
 * The prefixes of a beam search as a tree in flat arrays: node 0 is the empty text, a child adds one character. Each node
 * has the probability of the paths that spell it and end in the blank, and of those that end in its last character;
 * `add` collects those of the next column, which count from `endColumn` on.
 */
export class PrefixTree {
  readonly #parent: Int32Array;
  readonly #symbol: Int32Array;
  readonly #firstChild: Int32Array;
  readonly #nextSibling: Int32Array;
  readonly #column: Int32Array;
  readonly #blank: Float64Array;
  readonly #character: Float64Array;
  readonly #nextBlank: Float64Array;
  readonly #nextCharacter: Float64Array;
  #size = 0;
  #columns = 0;
  readonly #reached: Int32Array;
  #reachedCount = 0;

  /** A full tree grows no more: the search then goes on among the prefixes it has. */
  constructor(capacity: number) {
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
  }

  /** Forgets everything; returns the empty text, which is certain before the first column. */
  clear(): number {
    this.#size = 0;
    this.#columns = 0;
    const root = this.#create(0, 0);
    this.#blank[root] = 1;
    return root;
  }

  beginColumn(): void {
    this.#columns++;
    this.#reachedCount = 0;
  }

  /** Makes what was added count; returns the nodes that were reached and have at least this mass. */
  endColumn(least: number): Int32Array {
    let kept = 0;
    for (let i = 0; i < this.#reachedCount; i++) {
      const node = this.#reached[i] ?? 0;
      const blank = this.#nextBlank[node] ?? 0;
      const character = this.#nextCharacter[node] ?? 0;
      this.#blank[node] = blank;
      this.#character[node] = character;
      if (blank + character >= least) this.#reached[kept++] = node;
    }
    return this.#reached.slice(0, kept);
  }

  add(node: number, blank: number, character: number): void {
    if (this.#column[node] !== this.#columns) {
      this.#column[node] = this.#columns;
      this.#nextBlank[node] = 0;
      this.#nextCharacter[node] = 0;
      this.#reached[this.#reachedCount++] = node;
    }
    this.#nextBlank[node] = (this.#nextBlank[node] ?? 0) + blank;
    this.#nextCharacter[node] = (this.#nextCharacter[node] ?? 0) + character;
  }

  /**
   * The node of the prefix grown by a symbol. One that this column has not reached is given only when `wanted`, else 0;
   * one that it has reached always, since two ways to the same text must meet.
   */
  child(node: number, symbol: number, wanted: boolean): number {
    let child = this.#firstChild[node] ?? 0;
    while (child !== 0 && this.#symbol[child] !== symbol) child = this.#nextSibling[child] ?? 0;
    if (child !== 0) return wanted || this.#column[child] === this.#columns ? child : 0;
    if (!wanted || this.#size === this.#parent.length) return 0;
    const created = this.#create(node, symbol);
    this.#nextSibling[created] = this.#firstChild[node] ?? 0;
    this.#firstChild[node] = created;
    return created;
  }

  /** The last character's place in the columns (1 is the alphabet's first), 0 for the empty text. */
  symbol(node: number): number {
    return this.#symbol[node] ?? 0;
  }

  mass(node: number): number {
    return (this.#blank[node] ?? 0) + (this.#character[node] ?? 0);
  }

  blankMass(node: number): number {
    return this.#blank[node] ?? 0;
  }

  characterMass(node: number): number {
    return this.#character[node] ?? 0;
  }

  text(node: number, alphabet: string): string {
    let text = '';
    for (let at = node; at !== 0; at = this.#parent[at] ?? 0)
      text = alphabet.charAt((this.#symbol[at] ?? 0) - 1) + text;
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
