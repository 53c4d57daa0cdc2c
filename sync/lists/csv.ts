/** A position as an editor shows it; both count from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

export interface CsvField extends Position {
  readonly text: string;
}

/** A row and the line where it begins, or what is wrong with it and where that was found. */
export type CsvRow =
  | { readonly line: number; readonly fields: readonly CsvField[] }
  | (Position & { readonly wrong: string });

const mostFieldCharacters = 2_000;
const mostFields = 64;

/**
 * Rows of a CSV text (RFC 4180; `,` or `;`, CRLF or LF, quotes doubled inside quotes), read in pieces of any size.
 * A row that breaks the rules or a bound comes out as an error, and reading goes on behind its line.
 */
export async function* readCsv(pieces: AsyncIterable<string> | Iterable<string>): AsyncGenerator<CsvRow> {
  const reader = new CsvReader();
  for await (const piece of pieces) yield* reader.read(piece);
  yield* reader.end();
}

/** What decides nothing outside quotes: nearly all of a file, hence taken as whole pieces. */
const ordinary = /[^",;\r\n\uFEFF]+/y;
const surrogate = /[\uD800-\uDFFF]/;

type State = 'start' | 'plain' | 'quoted' | 'quote-in-quoted' | 'skip';

class CsvReader {
  #state: State = 'start';
  #separator: string | null = null;
  #line = 1;
  #column = 0;
  #rowLine = 1;
  #text: string[] = [];
  #length = 0;
  #fieldAt: Position = { line: 1, column: 1 };
  #fields: CsvField[] = [];
  #wrong: (Position & { readonly wrong: string }) | null = null;
  #atFileStart = true;

  *read(piece: string): Generator<CsvRow> {
    for (let at = 0; at < piece.length; ) {
      const run = this.#ordinaryRun(piece, at);
      if (run !== null) {
        at += run.length;
        this.#takeRun(run);
        continue;
      }
      const character = String.fromCodePoint(piece.codePointAt(at) ?? 0);
      at += character.length;
      if (this.#atFileStart && character === '\uFEFF') continue;
      this.#atFileStart = false;
      this.#column += 1;
      const row = this.#take(character);
      if (row !== null) yield row;
      if (character === '\n') {
        this.#line += 1;
        this.#column = 0;
      }
    }
  }

  *end(): Generator<CsvRow> {
    if (this.#state === 'quoted') this.#fail('a quote is opened here and never closed', this.#fieldAt);
    const row = this.#finishRow();
    if (row !== null) yield row;
  }

  /** A piece of a field that can be taken as a whole, or null where each character must be looked at. */
  #ordinaryRun(piece: string, at: number): string | null {
    if (this.#state === 'quote-in-quoted') return null;
    ordinary.lastIndex = at;
    return ordinary.exec(piece)?.[0] ?? null;
  }

  #takeRun(run: string): void {
    this.#atFileStart = false;
    const characters = surrogate.test(run) ? [...run].length : run.length;
    this.#column += characters;
    if (this.#state !== 'skip') this.#append(run, characters);
  }

  #take(character: string): CsvRow | null {
    if (this.#state === 'quoted') {
      if (character === '"') this.#state = 'quote-in-quoted';
      else this.#append(character);
      return null;
    }
    if (character === '\n') return this.#finishRow();
    if (this.#state === 'skip' || character === '\r') return null;
    if (this.#isSeparator(character)) this.#finishField();
    else if (character === '"') this.#quote();
    else if (this.#state === 'quote-in-quoted') this.#fail(this.#textAfterQuote());
    else this.#append(character);
    return null;
  }

  #quote(): void {
    if (this.#state === 'start') {
      this.#beginField();
      this.#state = 'quoted';
    } else if (this.#state === 'quote-in-quoted') {
      this.#append('"');
      this.#state = 'quoted';
    } else this.#fail('a quote inside a field that is not quoted');
  }

  /** Where a field spans lines, its opening quote is the likelier mistake: the line that it closes in may be flawless. */
  #textAfterQuote(): string {
    const { line } = this.#fieldAt;
    return `text after a closing quote${line === this.#line ? '' : `, of a field that begins in line ${line}`}`;
  }

  /** The first separator outside quotes decides for the file. */
  #isSeparator(character: string): boolean {
    if (this.#separator === null && (character === ',' || character === ';')) this.#separator = character;
    return character === this.#separator;
  }

  /** Takes characters into the field, of which the last stands in the present column. */
  #append(text: string, characters = 1): void {
    if (this.#state === 'start') {
      this.#beginField(characters);
      this.#state = 'plain';
    }
    this.#length += characters;
    if (this.#length > mostFieldCharacters) this.#fail('a field is too long; is a quote missing?', this.#fieldAt);
    else this.#text.push(text);
  }

  #beginField(characters = 1): void {
    this.#fieldAt = { line: this.#line, column: this.#column - characters + 1 };
  }

  #finishField(): void {
    if (this.#state === 'start') this.#fieldAt = { line: this.#line, column: Math.max(1, this.#column) };
    this.#fields.push({ text: this.#text.join('').trim(), ...this.#fieldAt });
    if (this.#fields.length > mostFields) this.#fail('too many fields');
    this.#text = [];
    this.#length = 0;
    if (this.#state !== 'skip') this.#state = 'start';
  }

  #finishRow(): CsvRow | null {
    const isBlank = this.#wrong === null && this.#fields.length === 0 && this.#text.length === 0;
    if (this.#wrong === null && !isBlank) this.#finishField();
    const line = this.#rowLine;
    const wrong = this.#wrong;
    const fields = this.#fields;
    this.#fields = [];
    this.#text = [];
    this.#length = 0;
    this.#wrong = null;
    this.#state = 'start';
    this.#rowLine = this.#line + 1;
    if (wrong !== null) return wrong;
    return isBlank ? null : { line, fields };
  }

  #fail(wrong: string, { line, column }: Position = { line: this.#line, column: this.#column }): void {
    this.#wrong ??= { line, column, wrong };
    this.#state = 'skip';
    this.#text = [];
  }
}
