import { ChildKilled } from './child.ts';
import { inSendingOrder, type MadeHit } from './ledger.ts';
import type { Random } from './random.ts';
import type { RoundResult } from './round.ts';
import { storedDigests } from './round.ts';
import { RunningTime } from './running-time.ts';
import { World } from './world.ts';

export interface MonthAwayOptions {
  readonly programs: string;
  readonly random: Random;
  readonly hits: number;
  readonly progress: (text: string) => void;
}

export interface MonthAway extends RoundResult {
  readonly broker: string;
  readonly drainMs: number;
}

const monthMs = 30 * 86_400_000;
const lot = 500;
/** What may be under way at the moment when the centre is back, and arrive out of turn. */
const underWay = 128;

/**
 * The centre is away for 30 days of the node's clock while hits are made, evenly; the broker takes them and forgets them. Node
 * and broker are killed now and then. Then the centre is back, and everything must arrive, the urgent first.
 */
export async function playMonthAway(options: MonthAwayOptions): Promise<MonthAway> {
  const { random, hits, progress } = options;
  const startedMs = performance.now();
  const world = await World.open({ ...options, smallDisks: false });
  const wrong: string[] = [];
  try {
    await world.startNode();
    const month = new Month(world, hits);
    while (month.appended < hits) {
      await month.append(Math.min(lot, hits - month.appended));
      if (random.next() < 0.03) await month.killNodeWhileAppending(random);
      if (random.next() < 0.02) {
        await world.broker.kill();
        await world.broker.restart();
      }
      progress(`the centre is away: ${month.appended} of ${hits} hits wait`);
    }
    const drainedMs = await drain(world, progress, wrong);
    const made = world.ledger.hits();
    const lost = await countLost(world, made, wrong);
    judgeOrder(world, wrong);
    const counts = await world.node.ask('counts');
    if (counts.hitsAppended !== counts.hitsReceived) wrong.push('the node’s counters do not agree');
    return {
      faults: [`centre away for 30 days, ${hits} hits wait`],
      hits: made.length,
      lost,
      doubled: world.ledger.shownTwice().length,
      wrong,
      ordered: true,
      picturesGivenUp: Number(counts.platesDropped) + Number(counts.scenesDropped),
      held: 0,
      diedHeld: 0,
      ms: performance.now() - startedMs,
      broker: world.broker.name,
      drainMs: drainedMs,
    };
  } finally {
    await world.close();
  }
}

class Month {
  appended = 0;
  readonly #world: World;
  readonly #stepMs: number;

  constructor(world: World, hits: number) {
    this.#world = world;
    this.#stepMs = Math.floor(monthMs / hits);
  }

  async append(count: number): Promise<void> {
    const { told } = await this.#ask(count, false);
    for (const hit of told as MadeHit[]) this.#world.ledger.made(hit, 'stored');
    this.appended += count;
  }

  async killNodeWhileAppending(random: Random): Promise<void> {
    const asked = this.#ask(20, true).catch((error) => {
      if (!(error instanceof ChildKilled)) throw error;
    });
    await new Promise((resolve) => setTimeout(resolve, random.between(0, 20)));
    await this.#world.killNode();
    await asked;
    await this.#world.startNode();
    await this.#world.node.ask('clock', { offsetMs: this.appended * this.#stepMs });
    this.appended += 20;
  }

  #ask(count: number, tellEach: boolean) {
    const sizes = { plateBytes: 600, sceneBytes: 3_000, picturesEvery: 10 };
    return this.#world.node.ask('append', {
      first: this.appended,
      count,
      ...sizes,
      clockStepMs: this.#stepMs,
      tellEach,
    });
  }
}

/** Says how long it took from the centre's start until nothing waited any more. */
async function drain(world: World, progress: (text: string) => void, wrong: string[]): Promise<number> {
  const startedMs = performance.now();
  await world.startCentre();
  let fewest = Number.POSITIVE_INFINITY;
  const withoutProgress = new RunningTime();
  for (;;) {
    const counts = await world.node.ask('counts');
    const waiting = Number(counts.hitsWaiting) + Number(counts.picturesWaiting);
    if (waiting === 0) return performance.now() - startedMs;
    if (waiting < fewest) withoutProgress.reset();
    fewest = Math.min(fewest, waiting);
    if (withoutProgress.ms() > 60_000) {
      wrong.push(`${waiting} hits and pictures do not leave the outbox`);
      return performance.now() - startedMs;
    }
    progress(`the centre is back: ${waiting} hits and pictures wait`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function countLost(
  world: World,
  made: readonly (MadeHit & { state: string })[],
  wrong: string[],
): Promise<number> {
  let lost = 0;
  for (let at = 0; at < made.length; at += lot) {
    const some = made.slice(at, at + lot);
    const digests = await storedDigests(
      world,
      some.map((hit) => hit.id),
    );
    for (const [index, hit] of some.entries()) {
      if (digests[index] === null && hit.state === 'stored') lost += 1;
      if (digests[index] !== null && digests[index] !== hit.digest) wrong.push(`hit ${hit.id} was altered on its way`);
    }
  }
  return lost;
}

function judgeOrder(world: World, wrong: string[]): void {
  const arrived = world.ledger.arrivals.map((id) => world.ledger.get(id)).filter((hit) => hit !== undefined);
  const inTurn = arrived.slice(underWay);
  const misplaced = inTurn.filter((hit, index) => index > 0 && inSendingOrder(inTurn[index - 1] as MadeHit, hit) > 0);
  if (misplaced.length > 0) wrong.push(`${misplaced.length} hits did not arrive by urgency and age`);
}
