import type { Command } from 'commander';
import { Fault } from '../../../config/foundation/fault.ts';

/** What `evaluate` can do; each takes some of its options. */
type Use = 'photographs' | 'calibration' | 'robustness' | 'record' | 'lists' | 'costliest';

const shared = ['photos', 'crops', 'json', 'models'];
const takenBy: Readonly<Record<Use, readonly string[]>> = {
  photographs: [...shared, 'failures', 'split', 'part', 'signs'],
  calibration: [...shared, 'calibration', 'cropPhotos', 'rendered', 'fit', 'plot'],
  robustness: ['json', 'models', 'robustness', 'plot'],
  record: ['photos', 'crops', 'models', 'record', 'cropPhotos', 'rendered', 'split', 'part', 'python', 'jobs'],
  lists: ['json', 'lists', 'readings', 'set', 'draws', 'sizes', 'budget', 'fitMatching', 'matching', 'plot'],
  costliest: ['json', 'lists', 'readings', 'set', 'sizes', 'budget', 'fitMatching', 'matching', 'costliest'],
};
const nameOf: Readonly<Record<Use, string>> = {
  photographs: 'scoring photographs',
  calibration: '--calibration',
  robustness: '--robustness',
  record: '--record',
  lists: '--lists',
  costliest: '--lists --costliest',
};

/** Refuses options that say nothing to what was asked, rather than pass over them. Fault: `evaluate/option-unused`. */
export function refuseUnused(command: Command): void {
  const given = (name: string) => command.getOptionValueSource(name) === 'cli';
  const use = useOf(given);
  const unused = command.options.filter((option) => {
    const name = option.attributeName();
    return given(name) && !takenBy[use].includes(name);
  });
  const [first] = unused;
  if (first === undefined) return;
  const uses = (Object.keys(takenBy) as Use[]).filter((one) => takenBy[one].includes(first.attributeName()));
  const belongs = uses.map((one) => nameOf[one]).join(', ');
  throw new Fault('evaluate/option-unused', `${first.long} says nothing to ${nameOf[use]}; it belongs to ${belongs}`);
}

function useOf(given: (name: string) => boolean): Use {
  if (given('record')) return 'record';
  if (given('costliest')) return 'costliest';
  if (given('lists')) return 'lists';
  if (given('robustness')) return 'robustness';
  return given('calibration') ? 'calibration' : 'photographs';
}
