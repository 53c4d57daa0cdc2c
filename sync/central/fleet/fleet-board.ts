import { Fault } from '../../../config/foundation/fault.ts';
import type { BrokerMessage } from '../../broker/broker-link.ts';
import { topicMatches } from '../../broker/topic-filter.ts';
import { topics } from '../../broker/topics.ts';
import { isInside } from '../../lists/area.ts';
import { type Manifest, parseManifest, type SignedManifest } from '../../lists/manifest.ts';
import type { PublicNodeKey } from '../../lists/sealing/node-key.ts';
import { parseMessage } from '../../uplink/cloud-event.ts';
import { type Health, healthSchema, maxHealthBytes, type Presence, presenceSchema } from '../../uplink/health.ts';
import type { PublicationTimes } from './publication-times.ts';

/** What one node holds of one list, beside what was published. */
export interface FleetList {
  /** `AUTHORITY/list`. */
  readonly list: string;
  readonly version: number | null;
  /** The newest version at the broker; null where the list is published no more. */
  readonly published: number | null;
  /** How long the newest version has been out without this node matching it, at most; null when it is not late. */
  readonly lateSeconds: number | null;
  /** From when that is counted: `issued`, when the version was built, where nobody knows when it was `published`. */
  readonly lateSince: 'published' | 'issued' | null;
  /** In the node's words; `not held` where it should hold the list and says nothing of it. */
  readonly state: string;
  readonly refused: { readonly code: string; readonly count: number } | null;
}

export interface FleetNode {
  readonly node: string;
  readonly site: string | null;
  readonly presence: Presence['state'] | 'never seen';
  /** Not among the fleet's keys, although it speaks; null where the keys were not given. */
  readonly stranger: boolean | null;
  readonly heardSecondsAgo: number | null;
  readonly software: string | null;
  readonly inhibited: string | null;
  /** Until the node's certificate for the broker ends; null without one. */
  readonly certificateDays: number | null;
  readonly lists: readonly FleetList[];
}

interface NewestVersion {
  readonly manifest: Manifest;
  readonly sha256: string;
  /** When it was heard coming to the broker; null where it was there before. */
  readonly heardMs: number | null;
}

interface NodeState {
  presence: Presence | null;
  health: Health | null;
}

const mostNodes = 10_000;
const mostLists = 1_000;
/** States in which a node rightly matches nothing of a list. */
const exempt = new Set(['revoked', 'outside-area']);

/** Which node holds which version of which list, from what nodes and authorities leave at the broker. */
export class FleetBoard {
  readonly #keys: ReadonlyMap<string, PublicNodeKey> | null;
  readonly #publications: PublicationTimes;
  readonly #manifests = new Map<string, NewestVersion>();
  readonly #nodes = new Map<string, NodeState>();

  /** With the fleet's keys it also knows who has never spoken, and who should hold what; with publication times, since when who is late. */
  constructor(keys: readonly PublicNodeKey[] | null, publications: PublicationTimes = new Map()) {
    this.#publications = publications;
    this.#keys = keys === null ? null : new Map(keys.map((key) => [key.kid, key]));
  }

  /** The topics that it lives from. */
  static readonly filters = [topics.allManifests, topics.allPresence, topics.allHealth];

  /** Takes a message in; tells whether it said anything. What is not of the contract says nothing. */
  take(message: BrokerMessage, nowMs = Date.now()): boolean {
    const { topic, payload } = message;
    if (topicMatches(topics.allManifests, topic)) return this.#takeManifest(message, nowMs);
    const [, , , node = ''] = topic.split('/');
    if (payload.length === 0) return this.#nodes.delete(node);
    const presence = topicMatches(topics.allPresence, topic)
      ? parseMessage(presenceSchema, payload, maxHealthBytes)
      : null;
    const health = topicMatches(topics.allHealth, topic) ? parseMessage(healthSchema, payload, maxHealthBytes) : null;
    // A node speaks for itself alone.
    if ((presence ?? health)?.node !== node) return false;
    const state = this.#nodes.get(node) ?? { presence: null, health: null };
    if (!this.#nodes.has(node) && this.#nodes.size >= mostNodes) return false;
    this.#nodes.set(node, { presence: presence ?? state.presence, health: health ?? state.health });
    return true;
  }

  /** Of how many lists it knows the newest version; of none, it cannot tell who is late. */
  get manifests(): number {
    return this.#manifests.size;
  }

  nodes(nowMs: number): FleetNode[] {
    const names = new Set([...(this.#keys?.keys() ?? []), ...this.#nodes.keys()]);
    return [...names].sort().map((name) => this.#node(name, nowMs));
  }

  #takeManifest({ topic, payload, retained }: BrokerMessage, nowMs: number): boolean {
    const [, , , authority = '', list = ''] = topic.split('/');
    const name = `${authority}/${list}`;
    if (payload.length === 0) return this.#manifests.delete(name);
    const signed = manifestOf(payload);
    if (signed?.manifest.authority !== authority || signed.manifest.list !== list) return false;
    const known = this.#manifests.get(name);
    if (known === undefined && this.#manifests.size >= mostLists) return false;
    if (known?.sha256 === signed.sha256) return true;
    const { manifest, sha256 } = signed;
    this.#manifests.set(name, { manifest, sha256, heardMs: retained ? null : nowMs });
    return true;
  }

  #node(name: string, nowMs: number): FleetNode {
    const { presence = null, health = null } = this.#nodes.get(name) ?? {};
    const key = this.#keys?.get(name);
    const heardMs = Math.max(
      ...[health?.time, presence?.startedAt].map((time) => (time === undefined ? 0 : Date.parse(time))),
    );
    return {
      node: name,
      site: presence?.site ?? key?.site ?? null,
      presence: presence?.state ?? 'never seen',
      stranger: this.#keys === null ? null : key === undefined,
      heardSecondsAgo: heardMs === 0 ? null : Math.max(0, Math.round((nowMs - heardMs) / 1000)),
      software: presence?.software ?? health?.software ?? null,
      inhibited: health?.inhibited ?? null,
      certificateDays: health?.certificateDays ?? null,
      lists: this.#lists(health, key, nowMs),
    };
  }

  #lists(health: Health | null, key: PublicNodeKey | undefined, nowMs: number): FleetList[] {
    const held = new Map((health?.lists ?? []).map((one) => [one.list, one]));
    const due = [...this.#manifests].filter(([, { manifest }]) => isFor(manifest, key)).map(([name]) => name);
    return [...new Set([...held.keys(), ...due])].sort().map((list) => {
      const newest = this.#manifests.get(list);
      const manifest = newest?.manifest;
      const one = held.get(list);
      const lacks = manifest?.state === 'active' && (one?.version ?? 0) < manifest.version;
      const late = lacks && !exempt.has(one?.state ?? '');
      return {
        list,
        version: one?.version ?? null,
        published: manifest?.version ?? null,
        ...(newest !== undefined && late ? this.#lateness(newest, nowMs) : { lateSeconds: null, lateSince: null }),
        state: one?.state ?? 'not held',
        refused: one?.refused ?? null,
      };
    });
  }

  /** A version may lie at the centre for days between its building and its publication, which no node is to blame for. */
  #lateness({ manifest, sha256, heardMs }: NewestVersion, nowMs: number): Pick<FleetList, 'lateSeconds' | 'lateSince'> {
    const publishedMs = this.#publications.get(sha256) ?? heardMs;
    const sinceMs = publishedMs ?? Date.parse(manifest.issued);
    return {
      lateSeconds: Math.max(0, Math.round((nowMs - sinceMs) / 1000)),
      lateSince: publishedMs === null ? 'issued' : 'published',
    };
  }
}

/** Whether a node should hold a list, as far as its place is known. */
function isFor(manifest: Manifest, key: PublicNodeKey | undefined): boolean {
  if (manifest.state === 'revoked' || key === undefined) return false;
  return isInside(manifest.area, { id: key.kid, site: key.site, country: key.country });
}

function manifestOf(payload: Uint8Array): SignedManifest | null {
  try {
    return parseManifest(payload);
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}
