import { pause } from '../../config/foundation/pause.ts';
import { ChildKilled, type Words } from './child.ts';
import { drawFaults, type Fault } from './faults.ts';
import { inSendingOrder, type MadeHit } from './ledger.ts';
import type { Random } from './random.ts';
import { withinRunning } from './running-time.ts';
import type { World } from './world.ts';

export interface RoundResult {
  readonly faults: readonly string[];
  readonly hits: number;
  readonly lost: number;
  readonly doubled: number;
  /** Everything else that was not as it must be, in words. */
  readonly wrong: readonly string[];
  /** Whether the order of hits and pictures was judged. */
  readonly ordered: boolean;
  readonly picturesGivenUp: number;
  /** Hits for which the disk had no room at all, and those of them that a killed node took with it. */
  readonly held: number;
  readonly diedHeld: number;
  readonly ms: number;
}

/** A centre that was killed, a link that must time out: more than the slowest of these, many times over. */
const settleDeadlineMs = 60_000;

/** Strikes, lets hits be made meanwhile, mends, waits until the node's outbox is empty, and compares both ends. */
export async function playRound(
  world: World,
  random: Random,
  { number, only }: { readonly number: number; readonly only: readonly string[] },
): Promise<RoundResult> {
  const startedMs = performance.now();
  const drawn = drawFaults(world, random, only);
  const { ledger } = world;
  const before = { hits: ledger.hits().length, arrivals: ledger.arrivals.length, twice: ledger.shownTwice().length };
  const offline = drawn.some((fault) => fault.holdsAll) && drawn.every((fault) => !disturbsOrder(fault));
  const dropsBefore = await picturesDropped(world);
  const strikes = drawn.map((fault) => strike(world, random, fault, offline ? 0 : whenToStrike(fault, random)));
  if (offline) await Promise.all(strikes);
  // More where the node is killed, so that it is killed while it writes, too.
  const count = drawn.some((fault) => fault.part === 'node') ? random.whole(10, 30) : random.whole(3, 8);
  await append(world, { first: number * 40, count, largePictures: drawn.some((fault) => fault.largePictures) });
  await Promise.all(strikes);
  await pause(random.between(0, 60));
  // The centre's store makes no promise about being opened on a full disk.
  const order = [...drawn].sort((a, b) => Number(b.part === 'centre-disk') - Number(a.part === 'centre-disk'));
  for (const fault of order) await fault.mend(world);

  const wrong: string[] = [];
  const emptied = world.node.ask('empty').then(() => true);
  const empty = await withinRunning(emptied, { ms: settleDeadlineMs, late: false });
  if (!empty) wrong.push(`the outbox is not empty after ${settleDeadlineMs / 1000} s`);
  const made = ledger.hits().slice(before.hits);
  const killed = drawn.some((fault) => fault.part === 'node');
  const { lost, diedHeld } = await compare(world, made, { killed, wrong });
  const held = made.filter((hit) => hit.state === 'held').length;
  const fullAndKilled = killed && drawn.some((fault) => fault.part === 'node-disk');
  await compareCounters(world, { fullAndKilled, held }, wrong);
  if (offline) judgeOrder(made, ledger.arrivals.slice(before.arrivals), wrong);
  return {
    faults: drawn.map((fault) => fault.name),
    hits: made.filter((hit) => hit.state !== 'refused').length,
    lost,
    doubled: ledger.shownTwice().length - before.twice,
    wrong,
    ordered: offline,
    picturesGivenUp: (await picturesDropped(world)) - dropsBefore,
    held,
    diedHeld,
    ms: performance.now() - startedMs,
  };
}

/** Often at once, so that hits are made under the fault; a killed node makes none, so it is killed while it makes or sends them. */
function whenToStrike(fault: Fault, random: Random): number {
  return fault.part !== 'node' && random.next() < 0.4 ? 0 : random.between(1, 40);
}

/** With these the node may begin to send before all is mended, or the centre hears it only later. */
function disturbsOrder(fault: Fault): boolean {
  return !fault.holdsAll && !['clocks', 'node-disk'].includes(fault.part);
}

async function strike(world: World, random: Random, fault: Fault, afterMs: number): Promise<void> {
  await pause(afterMs);
  await fault.strike(world, random);
}

async function append(world: World, order: { first: number; count: number; largePictures: boolean }): Promise<void> {
  const { first, count, largePictures } = order;
  const sizes = largePictures ? { plateBytes: 12_000, sceneBytes: 500_000 } : { plateBytes: 600, sceneBytes: 3_000 };
  if (!world.nodeRuns) return;
  await world.node
    .ask('append', { first, count, ...sizes, picturesEvery: 1, clockStepMs: 0, tellEach: true })
    .catch((error) => {
      if (!(error instanceof ChildKilled)) throw error;
    });
}

/** Says how many are lost: promised by the node and not in the centre's store. */
async function compare(
  world: World,
  made: readonly (MadeHit & { state: string })[],
  { killed, wrong }: { readonly killed: boolean; readonly wrong: string[] },
): Promise<{ readonly lost: number; readonly diedHeld: number }> {
  const digests = await storedDigests(
    world,
    made.map((hit) => hit.id),
  );
  let lost = 0;
  let diedHeld = 0;
  for (const [index, hit] of made.entries()) {
    const digest = digests[index] ?? null;
    if (digest === null && hit.state === 'held' && killed) diedHeld += 1;
    else if (digest === null && ['stored', 'held'].includes(hit.state)) lost += 1;
    if (digest !== null && digest !== hit.digest) wrong.push(`hit ${hit.id} was altered on its way`);
    if (digest !== null && hit.state === 'refused') wrong.push(`hit ${hit.id} arrived though the node gave it up`);
    if (hit.state === 'refused') wrong.push(`hit ${hit.id} found no room`);
  }
  return { lost, diedHeld };
}

export async function storedDigests(world: World, ids: readonly string[]): Promise<readonly (string | null)[]> {
  return (await world.centre.ask('digests', { ids })).digests as (string | null)[];
}

/** The node's counters, the centre's store and the ledger tell one story, since the campaign began. */
async function compareCounters(
  world: World,
  { fullAndKilled, held }: { readonly fullAndKilled: boolean; readonly held: number },
  wrong: string[],
): Promise<void> {
  const [node, centre] = [await world.node.ask('counts'), await world.centre.ask('counts')];
  const of = (words: Words, name: string): number => Number(words[name]);
  const equal = (what: string, left: number, right: number, mayMiss = 0): void => {
    // Counted since the campaign began: what was said of an earlier round is not said again.
    const more = left - right - (world.differences.get(what) ?? 0);
    if (more > 0 || more < -mayMiss) wrong.push(`${what}: ${left} is not ${right}`);
    world.differences.set(what, left - right);
  };
  equal('hits appended = received by the centre', of(node, 'hitsAppended'), of(node, 'hitsReceived'));
  // Confirmed from memory, and killed before the disk had room to count it.
  const uncounted = fullAndKilled ? held : 0;
  equal('hits received = in the centre’s store', of(node, 'hitsReceived'), of(centre, 'hits'), uncounted);
  const givenUp = of(node, 'platesDropped') + of(node, 'scenesDropped');
  // A picture whose receipt got lost may be given up although the centre has it.
  if (givenUp === 0)
    equal('pictures received = in the centre’s store', of(node, 'picturesReceived'), of(centre, 'pictures'));
  if (of(centre, 'pictures') < of(node, 'picturesReceived'))
    wrong.push('the centre confirmed pictures that it does not have');
  equal('hits given up', of(node, 'hitsDropped'), 0);
  equal('pictures refused', of(node, 'picturesRefused'), 0);
  const accounted = of(node, 'picturesReceived') + givenUp;
  // Killed between giving a picture up and writing its hit: the picture is counted, the hit never was.
  if (!fullAndKilled && world.exactPictures)
    equal('pictures received or given up', accounted, 2 * of(node, 'hitsAppended'));
  if (fullAndKilled) world.exactPictures = false;
}

async function picturesDropped(world: World): Promise<number> {
  const counts = await world.node.ask('counts');
  return Number(counts.platesDropped) + Number(counts.scenesDropped);
}

/** All were held back together, so they arrive by urgency and age, and no picture before the last hit. */
function judgeOrder(made: readonly MadeHit[], arrivals: readonly string[], wrong: string[]): void {
  const ids = made.map((hit) => hit.id);
  const expected = [...made].sort(inSendingOrder).map((hit) => hit.id);
  const arrived = arrivals.filter((one) => ids.includes(one));
  if (arrived.join() !== expected.join()) wrong.push('hits did not arrive by urgency and age');
  const lastHit = arrivals.findLastIndex((one) => ids.includes(one));
  if (arrivals.slice(0, lastHit).some((one) => one.includes('/'))) wrong.push('a picture arrived before a hit');
}
