/** Columns as wide as their widest cell, two spaces apart. */
export function textTable(rows: readonly (readonly string[])[]): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const width = 79;

/** Text in lines that fit the terminal: the first behind `prefix`, the others behind as many spaces; long words are cut. */
export function wrapped(text: string, prefix = ''): readonly string[] {
  const room = width - prefix.length;
  const lines = [''];
  for (const word of text.split(' ').flatMap((long) => long.match(new RegExp(`.{1,${room}}`, 'gu')) ?? [])) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= room) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.map((line, index) => (index === 0 ? prefix : ' '.repeat(prefix.length)) + line);
}
