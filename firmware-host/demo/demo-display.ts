import type { Scene } from './paint.ts';
import { type LedgerTotals, trafficKinds } from './traffic-ledger.ts';

/** What the demo knows of its node and its centre at one moment. */
export interface DemoState {
  readonly scene: Scene;
  readonly elapsedS: number;
  readonly totalS: number;
  readonly frames: number;
  /** Frames in which plates were read. */
  readonly reads: number;
  readonly passages: number;
  /** Hits that arrived at the centre. */
  readonly hits: number;
  /** Messages that wait in the node for the centre's receipt. */
  readonly queue: number;
  readonly left: LedgerTotals;
}

export interface DemoOutcome extends DemoState {
  /** How many vehicles drove past, and how many of them the list names. */
  readonly vehicles: number;
  readonly listed: number;
  readonly firstHitAfterS: number | null;
  /** Largest resident size of this process (node, broker, centre, drawing) and of the camera worker. */
  readonly peakMemory: { readonly processBytes: number; readonly workerBytes: number };
  /** Where the hits' pictures were saved; null when they were not. */
  readonly picturesFolder: string | null;
}

export interface TextStyle {
  readonly colours: boolean;
  readonly columns: number;
}

const SCENE_NAMES: Readonly<Record<Scene, string>> = { day: 'day', night: 'night, infra-red' };

/** One line that fits the terminal; the least important facts go first when it is narrow. */
export function statusLine(state: DemoState, style: TextStyle): string {
  const facts = [
    `${SCENE_NAMES[state.scene]} ${Math.floor(state.elapsedS)}/${Math.round(state.totalS)} s`,
    `frames ${state.frames}`,
    `passages ${state.passages}`,
    `reads ${state.reads}`,
    `hits ${state.hits}`,
    `queue ${state.queue}`,
    `left the node ${bytes(state.left.bytes)}`,
  ];
  const leastFirst = [1, 3, 5, 0, 2];
  let line = facts.join(' · ');
  for (const drop of leastFirst) {
    if (line.length < style.columns) break;
    facts[drop] = '';
    line = facts.filter((fact) => fact !== '').join(' · ');
  }
  return paint(style, '7', ` ${line.slice(0, Math.max(1, style.columns - 3))} `);
}

/** The lines above everything: what is about to be seen. */
export function openingLines(listed: number, style: TextStyle): readonly string[] {
  return [
    paint(style, '1', 'Hazeldonk: a camera on a motorway, a node that reads it, a centre that receives hits.'),
    `The traffic is drawn, the rest is real: detector, reader, sealed list of ${listed} plates, outbox, broker.`,
    'Plates that are on no list are forgotten where they were read. Stop with Ctrl-C.',
    '',
  ];
}

/** The closing account: what was read, what became a hit, and that nothing else left the node. */
export function closingSummary(outcome: DemoOutcome, style: TextStyle): readonly string[] {
  const { left } = outcome;
  const kept = promiseKept(outcome);
  const sent = trafficKinds
    .filter((kind) => left.byKind[kind].messages > 0)
    .map((kind) => `${kind} ${left.byKind[kind].messages} (${bytes(left.byKind[kind].bytes)})`);
  const rows: readonly (readonly [string, string])[] = [
    ['drove past', `${plural(outcome.vehicles, 'vehicle')}, ${outcome.listed} of them on the list`],
    ['frames', `${outcome.frames}, plates read in ${outcome.reads}`],
    ['passages', String(outcome.passages)],
    ['hits', `${outcome.hits}${firstHit(outcome)}`],
    [
      'queue',
      outcome.queue === 0 ? 'empty: the centre has confirmed everything' : `${outcome.queue} not confirmed yet`,
    ],
    ['left the node', `${bytes(left.bytes)}: ${sent.join(', ') || 'nothing'}`],
    [
      'memory',
      `at most ${bytes(outcome.peakMemory.workerBytes)} in the camera worker, ${bytes(outcome.peakMemory.processBytes)} in all the rest (drawing, node, broker, centre)`,
    ],
    ['pictures', outcome.picturesFolder ?? 'not saved'],
  ];
  const verdict = kept
    ? 'Nothing else left the node: no plate that is on no list was found in anything it sent.'
    : `BROKEN PROMISE: ${left.unlistedPlates} messages with an unlisted plate, ${left.otherMessages} on unknown topics.`;
  return [
    '',
    ...rows.map(([label, text]) => `  ${paint(style, '2', label.padEnd(14))}${text}`),
    '',
    paint(style, kept ? '1;32' : '1;31', verdict),
  ];
}

/** Whether nothing but hits, their pictures, presence and health left the node, and no plate that is on no list. */
export function promiseKept({ left }: Pick<DemoState, 'left'>): boolean {
  return left.otherMessages === 0 && left.unlistedPlates === 0;
}

function firstHit({ firstHitAfterS }: DemoOutcome): string {
  return firstHitAfterS === null ? '' : `, the first after ${firstHitAfterS.toFixed(1)} s`;
}

/** Decimal units, as data links are measured. */
export function bytes(count: number): string {
  if (count < 1_000) return `${count} B`;
  return count < 1_000_000 ? `${(count / 1_000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function paint(style: TextStyle, code: string, text: string): string {
  return style.colours ? `\u001b[${code}m${text}\u001b[0m` : text;
}
