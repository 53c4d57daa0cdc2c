import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addEvaluateCommand } from '../evaluate.ts';
import { refuseUnused } from './option-use.ts';

/** What `evaluate` says of its options before it does anything. */
function refused(...words: readonly string[]): string | null {
  const program = new Command();
  addEvaluateCommand(program);
  const [evaluate] = program.commands;
  if (evaluate === undefined) throw new Error('no command was added');
  let said: string | null = null;
  evaluate.action(() => {
    try {
      refuseUnused(evaluate);
    } catch (fault) {
      said = (fault as Error).message;
    }
  });
  program.parse(['evaluate', ...words], { from: 'user' });
  return said;
}

describe('the options of evaluate', () => {
  it.each([
    ['--photos', 'a', '--crops', '--signs', 's.tsv', '--json'],
    ['--photos', 'a', '--split', 's.tsv', '--part', 'train', '--failures', 'd'],
    ['--calibration', '--rendered', 'r', '--fit', '--models', 'm'],
    ['--robustness', 'd', '--plot', 'p'],
    ['--record', 'f', '--rendered', '10', '--python', 'python3', '--jobs', '2'],
    ['--lists', '--readings', 'f', '--set', 'rendered', '--sizes', '10', '--plot', 'p.svg', '--fit-matching', 'c'],
    ['--lists', '--readings', 'f', '--costliest', '3', '--json'],
    ['--calibration', '--plot', 'p.svg', '--crop-photos', 'a'],
    ['--lists', '--readings', 'f', '--matching', 'c'],
    ['--record', 'f', '--photos', 'a', '--split', 's.tsv'],
  ])('take %s %s', (...words) => {
    expect(refused(...words)).toBeNull();
  });

  it.each([
    [['--lists', '--readings', 'f', '--signs', 's.tsv'], /--signs says nothing to --lists; .* scoring photographs/],
    [
      ['--lists', '--readings', 'f', '--costliest', '3', '--plot', 'p.svg'],
      /--plot says nothing to --lists --costliest/,
    ],
    [['--photos', 'a', '--draws', '5'], /--draws says nothing to scoring photographs; it belongs to --lists/],
    [['--calibration', '--photos', 'a', '--failures', 'd'], /--failures says nothing to --calibration/],
    [['--record', 'f', '--rendered', '10', '--json'], /--json says nothing to --record/],
    [['--calibration', '--rendered', 'r', '--fit', '--plot', 'p.svg'], /--plot says nothing beside --fit/],
    [['--lists', '--fit-matching', 'a', '--matching', 'b'], /--matching says nothing beside --fit-matching/],
    [['--photos', 'a', '--part', 'test'], /--part says nothing without --split/],
    [['--record', 'f', '--crop-photos', 'a', '--split', 's.tsv'], /--split says nothing without --photos/],
    [['--record', 'f', '--photos', 'a', '--jobs', '2'], /--jobs says nothing without --rendered/],
  ])('are refused where they say nothing: %j', (words, message) => {
    expect(refused(...words)).toMatch(message);
  });
});
