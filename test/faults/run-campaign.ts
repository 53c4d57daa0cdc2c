import { playMonthAway } from './month-away.ts';
import { Random } from './random.ts';
import { playRound, type RoundResult } from './round.ts';
import { World } from './world.ts';

export interface CampaignOptions {
  /** Folder of the children's programs. */
  readonly programs: string;
  readonly rounds: number;
  readonly seed: number;
  /** Keys of the only faults that may be drawn; none named: all. */
  readonly only?: readonly string[] | undefined;
  /** Hits that wait for a centre that is away for 30 days; 0 leaves this out. */
  readonly daysHits: number;
  readonly progress: (text: string) => void;
}

export interface Campaign {
  readonly broker: string;
  /** Each round, and at last the month that the centre was away. */
  readonly rounds: readonly RoundResult[];
  /** How long the hits of that month took to arrive once the centre was back. */
  readonly drainMs: number | null;
}

/** Plays the rounds one after the other in one world, so that whatever one leaves behind meets the next. */
export async function runCampaign(options: CampaignOptions): Promise<Campaign> {
  const { programs, rounds, progress } = options;
  const random = new Random(options.seed);
  const results: RoundResult[] = [];
  const world = await World.open({ programs, random, smallDisks: true, centreMegabytes: centreMegabytes(options) });
  try {
    await world.startCentre();
    await world.startNode();
    for (let number = 0; number < rounds; number += 1) {
      const result = await playRound(world, random, { number, only: options.only ?? [] });
      results.push(result);
      for (const text of result.wrong) progress(`round ${number} (${result.faults.join(' + ')}): ${text}\n`);
      progress(`round ${number + 1} of ${rounds}: ${result.faults.join(' + ')}`);
    }
  } finally {
    await world.close();
  }
  if (options.daysHits === 0) return { broker: world.broker.name, rounds: results, drainMs: null };
  const away = await playMonthAway({ programs, random, hits: options.daysHits, progress });
  for (const text of away.wrong) progress(`${away.faults[0]}: ${text}\n`);
  return { broker: away.broker, rounds: [...results, away], drainMs: away.drainMs };
}

/**
 * The centre keeps every picture, and those of a full disk's rounds are large: a campaign that is confined to few faults has many
 * such rounds. A centre that runs out of room gives no receipts, and every later round would wait in vain.
 */
function centreMegabytes({ rounds, only = [] }: CampaignOptions): number {
  const each = only.includes('disk-full') ? 8 : 0.4;
  return 64 + Math.ceil(rounds * each);
}
