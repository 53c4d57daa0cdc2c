/** As much of Erlang's terms as EMQX's files of rules use: atoms, strings, tuples, lists. */
export type ErlangTerm =
  | { readonly atom: string }
  | { readonly text: string }
  | { readonly tuple: readonly ErlangTerm[] }
  | { readonly list: readonly ErlangTerm[] };

const token = /\s+|%[^\n]*|"((?:[^"\\]|\\.)*)"|'([^']*)'|([a-z][A-Za-z0-9_@]*)|([{}[\],.])/gy;

/** Reads terms that each end with a full stop, as `file:consult/1` does; throws at what is none. */
export function readErlangTerms(source: string): readonly ErlangTerm[] {
  const tokens = tokensOf(source);
  const terms: ErlangTerm[] = [];
  const expect = (mark: string): void => {
    const next = tokens.shift();
    if (next?.mark !== mark) throw new Error(`${mark} expected, not ${JSON.stringify(next)}`);
  };
  const many = (end: string): ErlangTerm[] => {
    const items: ErlangTerm[] = [];
    if (tokens[0]?.mark === end) {
      tokens.shift();
      return items;
    }
    for (;;) {
      items.push(term());
      const next = tokens.shift();
      if (next?.mark === end) return items;
      if (next?.mark !== ',') throw new Error(`, or ${end} expected, not ${JSON.stringify(next)}`);
    }
  };
  const term = (): ErlangTerm => {
    const next = tokens.shift();
    if (next === undefined) throw new Error('the file ends within a term');
    if (next.mark === '{') return { tuple: many('}') };
    if (next.mark === '[') return { list: many(']') };
    if (next.term === undefined) throw new Error(`a term expected, not ${next.mark}`);
    return next.term;
  };
  while (tokens.length > 0) {
    terms.push(term());
    expect('.');
  }
  return terms;
}

function tokensOf(source: string): { mark?: string; term?: ErlangTerm }[] {
  const tokens: { mark?: string; term?: ErlangTerm }[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < source.length) {
    const at = token.lastIndex;
    const found = token.exec(source);
    if (found === null) throw new Error(`no Erlang term at ${JSON.stringify(source.slice(at, at + 20))}`);
    const [, text, quoted, atom, mark] = found;
    if (text !== undefined) tokens.push({ term: { text } });
    else if (quoted !== undefined || atom !== undefined) tokens.push({ term: { atom: quoted ?? atom ?? '' } });
    else if (mark !== undefined) tokens.push({ mark });
  }
  return tokens;
}
