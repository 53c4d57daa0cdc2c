import type { Command } from 'commander';
import { type OptionUses, refuseUnusedOptions } from '../unused-options.ts';

type Use = 'photographs' | 'calibration' | 'robustness' | 'record' | 'lists' | 'costliest';

const shared = ['photos', 'crops', 'json', 'models'];
const onRecorded = ['json', 'lists', 'readings', 'set', 'sizes', 'budget', 'fitMatching', 'matching'];
const recorded = ['record', 'photos', 'crops', 'cropPhotos', 'rendered', 'models'];

const table: OptionUses<Use> = {
  code: 'evaluate/option-unused',
  uses: {
    photographs: { name: 'scoring photographs', takes: [...shared, 'failures', 'split', 'part', 'signs'] },
    calibration: {
      name: '--calibration',
      takes: [...shared, 'calibration', 'cropPhotos', 'rendered', 'fit', 'plot'],
    },
    robustness: { name: '--robustness', takes: ['json', 'models', 'robustness', 'plot'] },
    record: { name: '--record', takes: [...recorded, 'split', 'part', 'python', 'jobs'] },
    lists: { name: '--lists', takes: [...onRecorded, 'draws', 'listed', 'plot'] },
    costliest: { name: '--lists --costliest', takes: [...onRecorded, 'costliest'] },
  },
  useOf(given) {
    if (given('record')) return 'record';
    if (given('costliest')) return 'costliest';
    if (given('lists')) return 'lists';
    if (given('robustness')) return 'robustness';
    return given('calibration') ? 'calibration' : 'photographs';
  },
  needs: { part: 'split', split: 'photos', crops: 'photos', python: 'rendered', jobs: 'rendered' },
  idleBeside: { plot: 'fit', matching: 'fitMatching' },
};

/** Refuses options of `evaluate` that say nothing to what was asked. Fault: `evaluate/option-unused`. */
export function refuseUnused(command: Command): void {
  refuseUnusedOptions(command, table);
}
