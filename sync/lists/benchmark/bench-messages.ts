import type { HelperProcess } from '../../../config/foundation/helper-process.ts';
import type { PublicNodeKey } from '../sealing/node-key.ts';

/** What a process of the benchmark is told first. */
export type BenchRole = NodeRole | FleetRole;

export interface TrustedKey {
  readonly authority: string;
  /** SPKI PEM. */
  readonly publicKey: string;
}

export interface NodeRole {
  readonly role: 'node';
  readonly folder: string;
  readonly brokerUrl: string;
  readonly trusted: readonly TrustedKey[];
  /** The program of the thread that writes lists (list-writer-worker.ts, built). */
  readonly writerFile: string;
  /** Matched at once after opening, to time a restart. */
  readonly probePlate: string | null;
}

export interface FleetRole {
  readonly role: 'fleet';
  readonly brokerUrl: string;
  readonly clients: number;
  readonly firstClient: number;
  readonly trusted: readonly TrustedKey[];
}

export type ToChild =
  | { readonly ask: 'cpu' }
  | { readonly ask: 'observe' }
  | { readonly ask: 'observed' }
  | { readonly ask: 'match'; readonly plates: readonly string[] }
  | { readonly ask: 'look-ups'; readonly count: number };

export type FromChild =
  | { readonly tell: 'ready'; readonly keys: readonly PublicNodeKey[]; readonly probed: boolean }
  | { readonly tell: 'applied'; readonly authority: string; readonly version: number; readonly atMs: number }
  | { readonly tell: 'observed'; readonly observed: Observed }
  | { readonly tell: 'cpu'; readonly seconds: number }
  | { readonly tell: 'matched'; readonly matched: number }
  | { readonly tell: 'look-ups'; readonly ms: Quantiles };

/** One process of the benchmark, seen from the one that measures. */
export type BenchHelper = HelperProcess<FromChild, ToChild>;

export interface Quantiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

/** Of a node's process while a list was applied. */
export interface Observed {
  readonly lookUpMs: Quantiles;
  /** How late a turn of the loop came: the longest a passage waits behind the applying. */
  readonly waitMs: Quantiles;
  /** Of the whole process meanwhile: what it costs however busy the machine is with other things. */
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
  readonly fetches: number;
}

/** Quantiles of some numbers; zeros of none. */
export function quantilesOf(numbers: readonly number[]): Quantiles {
  const sorted = Float64Array.from(numbers).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), most: sorted.at(-1) ?? 0 };
}

/** Processor time of this process since it began. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
