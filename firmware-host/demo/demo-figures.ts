import type { EmbeddedBroker } from '../../sync/broker/embedded-broker.ts';
import { topics } from '../../sync/broker/topics.ts';
import type { Node } from '../node/open-node.ts';
import type { DemoAct } from './demo-camera.ts';
import type { DemoOutcome, DemoState } from './demo-display.ts';
import { TrafficLedger } from './traffic-ledger.ts';

/** Everything that the demo counts: its own progress, what the node did, what left it, and the memory it took. */
export class DemoFigures {
  readonly #acts: readonly DemoAct[];
  readonly #ledger: TrafficLedger;
  readonly #startedMs = performance.now();
  readonly #peak = { processBytes: 0, workerBytes: 0 };
  #act: DemoAct | undefined;
  #playsSinceMs: number | null = null;
  #confirmed = 0;
  #firstHitAfterS: number | null = null;

  constructor(node: string, acts: readonly DemoAct[], unlistedPlates: readonly string[]) {
    this.#acts = acts;
    this.#act = acts[0];
    this.#ledger = new TrafficLedger(node, unlistedPlates);
  }

  /** Looks at every message that passes the broker. */
  listen(broker: EmbeddedBroker, node: string): void {
    broker.onPublish((message) => {
      this.#ledger.add(message);
      if (message.topic !== topics.receipts(node) || !Buffer.from(message.payload).includes('"part":"hit"')) return;
      this.#confirmed += 1;
      this.#firstHitAfterS ??= (performance.now() - this.#startedMs) / 1000;
    });
  }

  begin(act: DemoAct): void {
    this.#act = act;
    this.#playsSinceMs ??= performance.now();
  }

  weigh(node: Node): void {
    this.#peak.processBytes = Math.max(this.#peak.processBytes, process.memoryUsage.rss());
    this.#peak.workerBytes = Math.max(this.#peak.workerBytes, node.state.workerBytes());
  }

  state(node: Node): DemoState {
    const { frames = 0, read = 0, passages = 0 } = node.state.funnel();
    const left = this.#ledger.totals();
    const hits = left.byKind.hits.messages;
    const totalS = this.#acts.reduce((sum, act) => sum + act.seconds, 0);
    const elapsedS =
      this.#playsSinceMs === null ? 0 : Math.min(totalS, (performance.now() - this.#playsSinceMs) / 1000);
    const queue = Math.max(0, hits - this.#confirmed);
    return { scene: this.#act?.scene ?? 'day', elapsedS, totalS, frames, reads: read, passages, hits, queue, left };
  }

  /** What only the whole demo can tell. */
  account(): Pick<DemoOutcome, 'firstHitAfterS' | 'peakMemory'> {
    return { firstHitAfterS: this.#firstHitAfterS, peakMemory: { ...this.#peak } };
  }
}
