import { pause } from '../../config/foundation/pause.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** What a fault strikes; two faults of one round never strike the same. */
type Part = 'node' | 'node-network' | 'node-disk' | 'broker' | 'centre' | 'centre-network' | 'centre-disk' | 'clocks';

export interface Fault {
  /** By which a campaign can be confined to it. */
  readonly key: string;
  readonly name: string;
  readonly part: Part;
  /** How often it is drawn, against 1. */
  readonly weight?: number;
  /** Nothing leaves the node meanwhile, and all of it afterwards: the order of what leaves then is judged. */
  readonly holdsAll?: boolean;
  /** The pictures are so large that some must be given up. */
  readonly largePictures?: boolean;
  possible?(world: World): boolean;
  strike(world: World, random: Random): void | Promise<void>;
  mend(world: World): void | Promise<void>;
}

const day = 86_400_000;
const healNode = (world: World): void => world.nodeNetwork.heal();
const healCentre = (world: World): void => world.centreNetwork.heal();

export const faults: readonly Fault[] = [
  {
    key: 'kill',
    name: 'node killed (kill -9)',
    part: 'node',
    weight: 2,
    strike: killWhileItMakesHits,
    mend: (world) => world.startNode(),
  },
  {
    key: 'broker-kill',
    name: 'broker killed, what it held is gone',
    part: 'broker',
    strike: (world) => world.broker.kill(),
    mend: (world) => world.broker.restart(),
  },
  {
    key: 'forget-hits',
    name: 'broker acknowledges and forgets hits',
    part: 'node-network',
    strike: (world, random) => world.nodeNetwork.forget({ fromClient: random.between(0.3, 1) }),
    mend: healNode,
  },
  {
    key: 'forget-receipts',
    name: 'broker acknowledges and forgets receipts',
    part: 'node-network',
    strike: (world, random) => world.nodeNetwork.forget({ toClient: random.between(0.3, 1) }),
    mend: healNode,
  },
  {
    key: 'cut',
    name: 'network cut',
    part: 'node-network',
    holdsAll: true,
    strike: (world) => world.nodeNetwork.cut(),
    mend: healNode,
  },
  {
    key: 'flap',
    name: 'network cut again and again',
    part: 'node-network',
    strike: async (world, random) => {
      for (let times = random.whole(2, 4); times > 0; times -= 1) {
        world.nodeNetwork.cut();
        await pause(random.between(0, 30));
        world.nodeNetwork.heal();
        await pause(random.between(0, 60));
      }
    },
    mend: healNode,
  },
  {
    key: 'half-open',
    name: 'network half-open',
    part: 'node-network',
    strike: (world) => world.nodeNetwork.halfOpen(),
    mend: healNode,
  },
  {
    key: 'slow',
    name: 'network slow',
    part: 'node-network',
    strike: (world, random) => world.nodeNetwork.slow(random.between(5, 40)),
    mend: healNode,
  },
  {
    key: 'disk-full',
    name: 'disk full at the node',
    part: 'node-disk',
    largePictures: true,
    possible: (world) => world.nodeDisk !== null,
    strike: (world) => void world.nodeDisk?.fill(),
    mend: (world) => world.nodeDisk?.clear(),
  },
  {
    key: 'clocks',
    name: 'clocks jump',
    part: 'clocks',
    strike: async (world, random) => {
      const jumps = [-30 * day, -day, -3_600_000, -2_000, 2_000, 3_600_000, 30 * day, 3_650 * day];
      if (world.nodeRuns) await world.node.ask('clock', { offsetMs: random.oneOf(jumps) }).catch(() => undefined);
      if (random.next() < 0.5 && world.centreRuns)
        await world.centre.ask('clock', { offsetMs: random.oneOf(jumps) }).catch(() => undefined);
    },
    mend: () => undefined,
  },
  {
    key: 'centre-kill',
    name: 'centre killed (kill -9)',
    part: 'centre',
    strike: (world) => world.killCentre(),
    mend: (world) => world.startCentre(),
  },
  {
    key: 'centre-cut',
    name: 'centre’s network cut',
    part: 'centre-network',
    strike: (world) => world.centreNetwork.cut(),
    mend: healCentre,
  },
  {
    key: 'centre-half-open',
    name: 'centre’s network half-open',
    part: 'centre-network',
    // Only the keep-alive finds it, which takes seconds.
    weight: 0.3,
    strike: (world) => world.centreNetwork.halfOpen(),
    mend: healCentre,
  },
  {
    key: 'centre-disk-full',
    name: 'disk full at the centre',
    part: 'centre-disk',
    possible: (world) => world.centreDisk !== null,
    strike: (world) => void world.centreDisk?.fill(),
    mend: (world) => world.centreDisk?.clear(),
  },
];

/** After some of its hits, however fast this machine makes them; between any two statements, and while it sends. */
async function killWhileItMakesHits(world: World, random: Random): Promise<void> {
  const enough = world.ledger.hits().length + random.whole(0, 20);
  for (let waits = 0; waits < 100 && world.ledger.hits().length < enough; waits += 1) await pause(3);
  await pause(random.between(0, 20));
  await world.killNode();
}

/**
 * One fault, or two or three at once that strike different parts. A campaign that is confined to some faults (`only`, their keys)
 * draws several of them more often, for it is after what they do together.
 */
export function drawFaults(world: World, random: Random, only: readonly string[] = []): readonly Fault[] {
  const number = random.oneOf(only.length === 0 ? [1, 1, 1, 1, 1, 1, 2, 2, 2, 3] : [1, 2, 2, 3]);
  const drawn: Fault[] = [];
  while (drawn.length < number) {
    const left = faults.filter(
      (fault) =>
        (only.length === 0 || only.includes(fault.key)) &&
        (fault.possible?.(world) ?? true) &&
        !drawn.some((other) => other.part === fault.part),
    );
    if (left.length === 0) break;
    drawn.push(byWeight(left, random));
  }
  return drawn;
}

function byWeight(choices: readonly Fault[], random: Random): Fault {
  let at = random.between(
    0,
    choices.reduce((sum, one) => sum + (one.weight ?? 1), 0),
  );
  for (const choice of choices) {
    at -= choice.weight ?? 1;
    if (at < 0) return choice;
  }
  return choices[0] as Fault;
}
