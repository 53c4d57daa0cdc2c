import type { ListStatus } from '../../sync/lists/matching/match.ts';
import type { VerdictCount } from '../../sync/uplink/verdict-counts.ts';
import type { CameraState } from '../cameras/camera.ts';

/**
 * What is known of the node's state at one moment: the only source of health, console and presence.
 *
 * Invariant: no member can carry a plate of the road or an entry of a list, and nothing tells that a discreet hit
 * happened. A test lists every text in here; whoever adds one must answer for it there.
 */
export interface NodeFacts {
  readonly nodeId: string;
  readonly site: string;
  readonly version: string;
  readonly uptimeMs: number;
  /** Why the law lets this node read nothing; null where it may read. */
  readonly inhibited: string | null;
  readonly cameras: readonly CameraFacts[];
  readonly reader: ReaderFacts;
  readonly lists: readonly ListStatus[];
  readonly refusedLists: readonly RefusedList[];
  /** What the centre said became of this node's hits, per list and camera; of discreet hits it says nothing. */
  readonly verdicts: readonly VerdictCount[];
  readonly link: LinkFacts;
  readonly clock: ClockState;
  /** Of the disk with the data folder; null when it cannot be asked. */
  readonly disk: DiskSpace | null;
  /** Hits for which the disk has no room, discreet ones left out: a node that is switched off loses them. */
  readonly hitsInMemory: number;
}

export interface CameraFacts {
  readonly name: string;
  readonly state: CameraState;
  readonly worker: 'starting' | 'running' | 'restarting';
  /** Times the worker process had to be started again. */
  readonly restarts: number;
  readonly lastFrameAgeMs: number | null;
  readonly framesPerSecond: number;
  /** Counters since the node started. */
  readonly frames: number;
  readonly framesRead: number;
  readonly passages: number;
}

export interface ReaderFacts {
  readonly state: 'starting' | 'ready' | 'failed';
  /** A fault's code, such as `models/hash-mismatch`; null unless failed. */
  readonly failureCode: string | null;
}

export interface RefusedList {
  readonly authority: string;
  readonly id: string;
  readonly reason: string;
}

export interface LinkFacts {
  readonly brokerUrl: string;
  readonly connected: boolean;
  /** How long the link has been as it is now. */
  readonly sinceMs: number;
  /** Code of the last failure; null while connected. */
  readonly failureCode: string | null;
  /** Messages that wait for a receipt; hits that ask for a discreet check are not counted. */
  readonly waiting: number;
  readonly oldestWaitingMs: number | null;
  /** Of the node's client certificate; null without one. */
  readonly certificateDaysLeft: number | null;
}

export type ClockState = 'synchronised' | 'not-synchronised' | 'unknown';

export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}
