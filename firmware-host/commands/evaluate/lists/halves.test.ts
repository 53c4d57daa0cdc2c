import { expect, it } from 'vitest';
import { halvesOf } from './halves.ts';
import type { RecordedPassage } from './recording.ts';

async function* recorded(...passages: readonly string[]): AsyncGenerator<RecordedPassage> {
  for (const passage of passages) {
    const [set = '', text = ''] = passage.split(' ');
    yield { set, text, country: null, looks: [] };
  }
}

async function halves(wanted: string | undefined, ...passages: readonly string[]) {
  const { forFit, others } = await halvesOf(recorded(...passages), wanted);
  return [forFit, others].map((half) => half.map(({ text }) => text).join(' '));
}

it('a passage is in the same half whichever other sets are wanted', async () => {
  const file = ['a A1', 'b B1', 'rendered R1', 'a A2', 'b B2', 'b B3', 'rendered R2', 'a A3'];
  expect(await halves('a', ...file)).toEqual(['A1 A3', 'A2']);
  expect(await halves('b', ...file)).toEqual(['B1 B3', 'B2']);
  expect(await halves('photographs', ...file)).toEqual(['A1 B1 B3 A3', 'A2 B2']);
  expect(await halves(undefined, ...file)).toEqual(['A1 B1 R1 B3 A3', 'A2 B2 R2']);
});

it('of one set every other passage is for fitting, beginning with the first', async () => {
  expect(await halves(undefined, 'a A1', 'a A2', 'a A3', 'a A4', 'a A5')).toEqual(['A1 A3 A5', 'A2 A4']);
});
