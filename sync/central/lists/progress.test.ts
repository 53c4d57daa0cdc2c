import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { Progress } from './progress.ts';

function screenOf(isTTY: boolean) {
  let text = '';
  const write = (more: string): boolean => {
    text += more;
    return true;
  };
  return { screen: { isTTY, write } as NodeJS.WriteStream, text: () => stripVTControlCharacters(text).trim() };
}

it('says how far, how fast and how long still, no more than ten times a second', () => {
  let nowMs = 0;
  const { screen, text } = screenOf(true);
  const progress = new Progress('rows', screen, () => nowMs);
  nowMs = 10_000;
  progress.show(250_000, 1_000_000);
  progress.show(250_001, 1_000_000);
  expect(text()).toBe('250,000 of 1,000,000 rows, 25,000 a second, 30 s left');
  progress.show(1_000_000, 1_000_000);
  expect(text()).toContain('1,000,000 of 1,000,000');
});

it('is silent where nobody watches', () => {
  const { screen, text } = screenOf(false);
  const progress = new Progress('rows', screen, () => 1e6);
  progress.show(5);
  progress.end();
  expect(text()).toBe('');
});
