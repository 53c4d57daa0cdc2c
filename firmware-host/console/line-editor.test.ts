import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EditorEvent, LineEditor } from './line-editor.ts';

function type(editor: LineEditor, keys: string): EditorEvent[] {
  return [...Buffer.from(keys, 'latin1')].flatMap((byte) => editor.feed(byte) ?? []);
}
const lines = (events: readonly EditorEvent[]) =>
  events.flatMap((event) => (event.kind === 'line' ? [event.text] : []));
const [up, down, right, left, home, end, del] = ['[A', '[B', '[C', '[D', '[H', '[4~', '[3~'].map((key) => `\x1b${key}`);

describe('line editor', () => {
  test.each<[string, string, string[]]>([
    ['plain typing', 'status\r', ['status']],
    ['backspace, in both dialects', 'statt\x7f\x08tus\r', ['status']],
    ['backspace on an empty line', '\x7f\x7fhelp\r', ['help']],
    ['Ctrl-U', 'nonsense\x15link\r', ['link']],
    ['Ctrl-C', 'nonsense\x03link\r', ['link']],
    ['Ctrl-W', 'cameras left\x17right\r', ['cameras right']],
    ['Ctrl-K after Home', `nonsense${home}\x0blink\r`, ['link']],
    ['an insertion in the middle', `sttus${left}${left}${left}a\r`, ['status']],
    ['a deletion in the middle', `staXtus${left}${left}${left}${left}${del}${end}\r`, ['status']],
    ['cursor keys beyond the ends', `${left}${right}${right}help${right}\r`, ['help']],
    ['the last line again', `help\r${up}\r`, ['help', 'help']],
    ['a draft kept while looking back', `help\rlink\rsta${up}${up}${down}${down}tus\r`, ['help', 'link', 'status']],
    ['CR LF as one end of line', 'help\r\nlink\r\n', ['help', 'link']],
    ['LF alone, as from a script', 'help\nlink\n', ['help', 'link']],
    ['two empty lines', '\r\r', ['', '']],
    ['bytes that are no key', '\x00\x80\xffhe\xfelp\r', ['help']],
    ['an unknown escape sequence', 'he\x1b[99~\x1bOQlp\r', ['help']],
    ['an escape sequence without end', `he\x1b[${'1'.repeat(9)}lp\r`, ['help']],
    ['a space before and after', '  help  \r', ['help']],
  ])('%s', (_, keys, expected) => {
    expect(lines(type(new LineEditor('> '), keys))).toEqual(expected);
  });

  test('what is typed is echoed, and at the end of the line nothing is drawn twice', () => {
    const editor = new LineEditor('> ');
    editor.showPrompt();
    type(editor, 'help');
    expect(editor.takeOutput()).toBe('> help');
  });

  test('a line longer than the terminal is shown around the cursor', () => {
    const editor = new LineEditor('> ');
    type(editor, 'x'.repeat(150));
    const drawn = editor.takeOutput().split('\r').at(-1)!;
    expect(drawn.replace('\x1b[K', '').length).toBeLessThan(80);
  });

  test('a flood is answered with one bell, and the line keeps its first 200 characters', () => {
    const editor = new LineEditor('> ');
    type(editor, 'a'.repeat(200));
    editor.takeOutput();
    type(editor, 'a'.repeat(100_000));
    expect(editor.takeOutput()).toBe('\x07');
    expect(lines(type(editor, '\r'))).toEqual(['a'.repeat(200)]);
  });

  test('whatever bytes arrive, the next line typed after Ctrl-C is understood', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (noise) => {
        const editor = new LineEditor('> ');
        for (const byte of noise) editor.feed(byte);
        // Two Ctrl-C: the first may still belong to an escape sequence that the noise began.
        expect(lines(type(editor, '\x03\x03status\r'))).toEqual(['status']);
        expect(editor.beforeCursor).toBe('');
      }),
    );
  });
});
