import type { NodeSettings } from '../../config/node-settings.ts';
import type { AuditLog } from '../../sync/audit/audit-log.ts';
import type { MqttLink } from '../../sync/broker/mqtt-link.ts';
import type { BlackLists } from '../../sync/lists/matching/matcher.ts';
import type { Refusal } from '../../sync/lists/refusals.ts';
import { RefusedLists } from '../../sync/lists/refused-lists.ts';
import type { Health } from '../../sync/uplink/health.ts';
import { healthLists } from '../../sync/uplink/health-lists.ts';
import type { ClockState as HitClock } from '../../sync/uplink/make-hit.ts';
import type { Outbox } from '../../sync/uplink/outbox.ts';
import type { VerdictCount } from '../../sync/uplink/verdict-counts.ts';
import type { Diagnostics } from '../console/diagnostics.ts';
import { certificateDaysLeft } from '../health/certificate-days.ts';
import { diskSpace } from '../health/disk-space.ts';
import type { CameraFacts, ClockState, NodeFacts, ReaderFacts } from '../health/node-facts.ts';
import { temperatureC } from '../health/temperature.ts';
import { nodeMetrics } from '../metrics/node-metrics.ts';
import type { Family } from '../metrics/prometheus-text.ts';
import type { CameraProcess, CameraProcessStatus } from '../worker/camera-process.ts';
import type { Counters } from '../worker/worker-messages.ts';
import { FrameRates } from './frame-rates.ts';
import type { PassageLine } from './passage-line.ts';

/** Half of the hash: enough to tell that it is another. */
const auditHeadDigits = 32;

type Funnel = keyof Counters | 'passages' | 'hits';

export interface NodeStateParts {
  readonly settings: NodeSettings;
  readonly version: string;
  readonly inhibited: string | null;
  readonly cameras: readonly CameraProcess[];
  readonly lists: BlackLists;
  readonly outbox: Outbox;
  readonly link: MqttLink;
  readonly line: PassageLine;
  readonly models: Readonly<Record<string, string>>;
  readonly audit: AuditLog;
  readonly verdicts: () => readonly VerdictCount[];
}

/** The node's state for console, health messages and hits: gathered here, judged elsewhere. It holds no plate and no entry. */
export class NodeState implements Diagnostics {
  readonly #parts: NodeStateParts;
  readonly #startedMs = performance.now();
  readonly #rates = new FrameRates();
  readonly #refused = new RefusedLists();
  #clock: ClockState = 'unknown';
  #linkSince = { connected: false, ms: performance.now() };

  constructor(parts: NodeStateParts) {
    this.#parts = parts;
  }

  setClock(state: ClockState): void {
    this.#clock = state;
  }

  /** Looks at what changes with time; called about each second. */
  observe(): void {
    const nowMs = performance.now();
    const { connected } = this.#parts.link;
    if (connected !== this.#linkSince.connected) this.#linkSince = { connected, ms: nowMs };
    for (const { status } of this.#parts.cameras) this.#rates.observe(status.camera, status.counters.frames, nowMs);
  }

  /** True when that is news for the centre. */
  listRefused(refusal: Refusal): boolean {
    return this.#refused.note(refusal);
  }

  listApplied(authority: string, id: string): void {
    this.#refused.applied(authority, id);
  }

  /** The clock's state as a hit tells it. */
  hitClock(): HitClock {
    const synchronised = this.#clock === 'synchronised';
    return { synchronised, source: synchronised ? 'ntp' : 'none', estimatedErrorMs: null };
  }

  facts(): NodeFacts {
    const { settings, version, inhibited, cameras, lists, outbox, link } = this.#parts;
    const nowMs = performance.now();
    const counts = outbox.counts();
    return {
      nodeId: settings.node.id,
      site: settings.node.site,
      version,
      uptimeMs: nowMs - this.#startedMs,
      inhibited,
      cameras: cameras.map((camera) => this.#camera(camera.status, nowMs)),
      reader: readerFacts(cameras.map((camera) => camera.status)),
      lists: lists.lists(Date.now()),
      refusedLists: this.#refused.all(),
      verdicts: this.#parts.verdicts(),
      link: {
        brokerUrl: settings.broker.url,
        connected: link.connected,
        sinceMs: nowMs - this.#linkSince.ms,
        failureCode: link.lastFailure?.code ?? null,
        waiting: counts.openHitsWaiting,
        oldestWaitingMs: counts.oldestOpenHitMs === null ? null : Math.max(0, Date.now() - counts.oldestOpenHitMs),
        certificateDaysLeft:
          settings.broker.certificateFile === undefined ? null : certificateDaysLeft(settings.broker.certificateFile),
      },
      clock: this.#clock,
      disk: diskSpace(settings.dataFolder),
      hitsInMemory: counts.openHitsInMemory,
    };
  }

  /**
   * What became of all frames since the start, from the cameras to hits; also after the node has stopped. Discreet hits are
   * among the hits, so that number goes to whoever measures the node and into no message, metric or log.
   */
  funnel(): Readonly<Record<Funnel, number>> {
    const { cameras, line } = this.#parts;
    const counters = cameras.map((camera) => camera.status.counters);
    const sum = (pick: keyof Counters) => counters.reduce((all, one) => all + one[pick], 0);
    return {
      frames: sum('frames'),
      gated: sum('gated'),
      detected: sum('detected'),
      read: sum('read'),
      fused: sum('fused'),
      dropped: sum('dropped'),
      passages: line.passages,
      hits: line.hits,
    };
  }

  /** The same facts for a monitoring system. */
  metrics(): readonly Family[] {
    const { passages: _passages, hits: _hits, ...funnel } = this.funnel();
    const { models } = this.#parts;
    const nodeBytes = process.memoryUsage.rss();
    return nodeMetrics({ facts: this.facts(), funnel, models, nodeBytes, workerBytes: this.workerBytes() });
  }

  /** Processes of the camera workers that run now. */
  workerPids(): readonly number[] {
    return this.#parts.cameras.flatMap((camera) => camera.status.pid ?? []);
  }

  /** Memory that the camera workers hold together. */
  workerBytes(): number {
    return this.#parts.cameras.reduce((sum, camera) => sum + camera.status.rssBytes, 0);
  }

  /** The message of each minute to the centre. Versions of program and models stand in the node's presence. */
  health(): Health {
    const { lists, outbox, audit } = this.#parts;
    const facts = this.facts();
    const counts = outbox.counts();
    const { hits: _hits, ...funnel } = this.funnel();
    return {
      node: facts.nodeId,
      time: new Date().toISOString(),
      upSeconds: Math.round(facts.uptimeMs / 1000),
      inhibited: facts.inhibited,
      cameras: facts.cameras.map(({ name, state }) => ({ name, state })),
      lists: healthLists(facts.lists, this.#refused),
      refusals: Object.fromEntries(this.#refused.totals),
      funnel,
      abstained: Object.fromEntries(lists.abstentions),
      outbox: {
        hits: counts.hitsWaiting,
        pictures: counts.picturesWaiting,
        ...(counts.openHitsInMemory > 0 ? { inMemory: counts.openHitsInMemory } : {}),
        dropped: counts.hitsDropped + counts.hitsUnreadable + counts.platesDropped + counts.scenesDropped,
        oldestSeconds:
          counts.oldestHitMs === null ? null : Math.max(0, Math.round((Date.now() - counts.oldestHitMs) / 1000)),
      },
      certificateDays: facts.link.certificateDaysLeft,
      clock: { synchronised: this.#clock === 'synchronised', errorMs: null },
      audit: { records: audit.head.records, head: audit.head.hash.slice(0, auditHeadDigits) },
      temperatureC: temperatureC(),
      diskFreeMb: facts.disk === null ? null : Math.floor(facts.disk.freeBytes / 1e6),
    };
  }

  #camera(status: CameraProcessStatus, nowMs: number): CameraFacts {
    const { worker } = status;
    return {
      name: status.camera,
      state: status.cameraState,
      worker: worker === 'starting' || worker === 'restarting' ? worker : 'running',
      restarts: status.restarts,
      lastFrameAgeMs: this.#rates.lastFrameAgeMs(status.camera, nowMs),
      framesPerSecond: this.#rates.framesPerSecond(status.camera),
      frames: status.counters.frames,
      framesRead: status.counters.read,
      passages: status.counters.fused,
    };
  }
}

function readerFacts(statuses: readonly CameraProcessStatus[]): ReaderFacts {
  const failed = statuses.find((one) => one.worker === 'restarting' && one.lastFault?.startsWith('model') === true);
  if (failed !== undefined) return { state: 'failed', failureCode: failed.lastFault };
  const starting = statuses.some((one) => one.worker === 'starting');
  return { state: starting ? 'starting' : 'ready', failureCode: null };
}
