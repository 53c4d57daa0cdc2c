import type { Command } from 'commander';
import { type OptionUses, refuseUnusedOptions } from '../unused-options.ts';

type Use = 'reading' | 'lists' | 'uplink' | 'latency';

const table: OptionUses<Use> = {
  code: 'bench/option-unused',
  uses: {
    reading: { name: 'timing the reading of pictures', takes: ['json', 'pictures', 'count', 'rounds', 'models'] },
    lists: { name: '--lists', takes: ['json', 'lists', 'entries', 'changes', 'fleet'] },
    uplink: { name: '--uplink', takes: ['json', 'uplink', 'hitsPerSecond', 'seconds', 'backlog'] },
    latency: { name: '--latency', takes: ['json', 'latency', 'cameras', 'seconds'] },
  },
  useOf(given) {
    if (given('latency')) return 'latency';
    if (given('uplink')) return 'uplink';
    return given('lists') ? 'lists' : 'reading';
  },
};

/** Refuses options of `bench` that say nothing to what was asked. Fault: `bench/option-unused`. */
export function refuseUnused(command: Command): void {
  refuseUnusedOptions(command, table);
}
