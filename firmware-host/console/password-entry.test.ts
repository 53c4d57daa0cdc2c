import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PasswordEntry } from './password-entry.ts';

function typed(keys: string | Uint8Array): readonly string[] {
  const entry = new PasswordEntry();
  const lines: string[] = [];
  for (const byte of Buffer.from(keys as string)) {
    const event = entry.feed(byte);
    if (event?.kind === 'line') lines.push(event.text);
  }
  expect(entry.takeOutput().replace(/\^C|[\r\n]/g, '')).toBe('');
  return lines;
}

describe('a password that is typed', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['plain', 'correct horse\r', 'correct horse'],
    ['ended by LF', 'correct horse\n', 'correct horse'],
    ['after the LF of the name', '\ncorrect horse\r', 'correct horse'],
    ['mended', 'wrong\x15correct hosr\x7f\x08rse\r', 'correct horse'],
    ['mended behind an accent', 'crème\x7f\x7f\x7fe\r', 'cre'],
    ['mended behind its beginning', 'x\x7f\x7f\x7fcorrect\r', 'correct'],
    ['with a picture', 'key 🔑\x7f!\r', 'key !'],
    ['in Latin-1', Buffer.from('crème\r', 'latin1'), 'crème'],
    ['with keys that are none', 'a\x00\x01\tb\r', 'ab'],
  ])('is taken %s', (_, keys, text) => {
    expect(typed(keys)).toEqual([text]);
  });

  test('is bounded', () => {
    expect(typed(`${'x'.repeat(100_000)}\r`)[0]!.length).toBe(1024);
  });

  test('shows nothing, whatever is typed', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 3000 }), (noise) => void typed(noise)));
  });
});
