import { healthOf } from '../health/health.ts';
import type { NodeFacts } from '../health/node-facts.ts';
import type { Counters } from '../worker/worker-messages.ts';
import type { Family, Sample } from './prometheus-text.ts';

/** What the node's counters tell a monitoring system. */
export interface MeasuredNode {
  readonly facts: NodeFacts;
  /** What became of all frames, up to passages. Hits are not in here: some are discreet. */
  readonly funnel: Counters;
  readonly models: Readonly<Record<string, string>>;
  readonly nodeBytes: number;
  readonly workerBytes: number;
}

const levels = { ok: 0, unknown: 1, warn: 2, fail: 3 } as const;
const seconds = (ms: number): number => Math.round(ms) / 1000;

/**
 * The node's state as metrics. It is made from the same facts as the console and knows no more than those: no plate, no
 * entry of a list, and nothing that tells of a discreet hit.
 */
export function nodeMetrics({ facts, funnel, models, nodeBytes, workerBytes }: MeasuredNode): readonly Family[] {
  const { cameras, lists, link, disk } = facts;
  return [
    one('anpr_node_info', 'Which node and which program this is.', 1, {
      node: facts.nodeId,
      site: facts.site,
      software: facts.version,
      ...models,
    }),
    one('anpr_up_seconds', 'Since the start of the node.', seconds(facts.uptimeMs)),
    one('anpr_inhibited', '1 where the law lets this node read nothing.', facts.inhibited === null ? 0 : 1),
    gauge(
      'anpr_health',
      'State of each part: 0 well, 1 unknown, 2 warning, 3 failed.',
      healthOf(facts).map(({ part, level }) => ({ labels: { part }, value: levels[level] })),
    ),
    counter(
      'anpr_frames_total',
      'What became of frames and plates: frames seen, without motion, dropped for a newer one; plates detected and read; passages fused.',
      Object.entries(funnel).map(([stage, value]) => ({ labels: { stage }, value })),
    ),
    ...perCamera(cameras),
    ...perList(lists),
    one('anpr_link_connected', '1 while the broker is connected.', link.connected ? 1 : 0),
    one('anpr_link_state_seconds', 'How long the link has been as it is now.', seconds(link.sinceMs)),
    one('anpr_hits_waiting', 'Hits without the centre’s receipt; discreet ones are not counted.', link.waiting),
    maybe('anpr_hits_oldest_seconds', 'Age of the oldest of them.', link.oldestWaitingMs, seconds),
    maybe('anpr_certificate_days', 'Days until the client certificate ends.', link.certificateDaysLeft),
    one('anpr_clock_synchronised', '1 when the clock is known to be right.', facts.clock === 'synchronised' ? 1 : 0),
    maybe('anpr_disk_free_bytes', 'Free space for data.', disk?.freeBytes ?? null),
    maybe('anpr_disk_size_bytes', 'Size of the disk for data.', disk?.totalBytes ?? null),
    gauge('anpr_memory_bytes', 'Resident memory of the supervisor and of all camera workers.', [
      { labels: { process: 'node' }, value: nodeBytes },
      { labels: { process: 'workers' }, value: workerBytes },
    ]),
  ];
}

function perCamera(cameras: NodeFacts['cameras']): readonly Family[] {
  const each = (value: (camera: NodeFacts['cameras'][number]) => number | null): readonly Sample[] =>
    cameras.flatMap((camera) => {
      const found = value(camera);
      return found === null ? [] : [{ labels: { camera: camera.name }, value: found }];
    });
  return [
    gauge(
      'anpr_camera_ok',
      '1 while the camera’s picture comes and is read.',
      each(({ state, worker }) => (state === 'ok' && worker === 'running' ? 1 : 0)),
    ),
    counter(
      'anpr_camera_frames_total',
      'Frames of each camera.',
      each(({ frames }) => frames),
    ),
    gauge(
      'anpr_camera_frames_per_second',
      'Over the last seconds.',
      each(({ framesPerSecond }) => Math.round(framesPerSecond * 100) / 100),
    ),
    gauge(
      'anpr_camera_last_frame_seconds',
      'Since the last frame.',
      each(({ lastFrameAgeMs }) => (lastFrameAgeMs === null ? null : seconds(lastFrameAgeMs))),
    ),
    counter(
      'anpr_camera_plates_read_total',
      'Plates read, several of each vehicle.',
      each(({ framesRead }) => framesRead),
    ),
    counter(
      'anpr_camera_passages_total',
      'Vehicles that passed.',
      each(({ passages }) => passages),
    ),
    counter(
      'anpr_camera_restarts_total',
      'Restarts of the camera’s worker.',
      each(({ restarts }) => restarts),
    ),
  ];
}

function perList(lists: NodeFacts['lists']): readonly Family[] {
  const each = (value: (list: NodeFacts['lists'][number]) => number | null): readonly Sample[] =>
    lists.flatMap((list) => {
      const found = value(list);
      return found === null ? [] : [{ labels: { list: `${list.authority}/${list.id}` }, value: found }];
    });
  return [
    gauge(
      'anpr_list_valid',
      '1 while the list is matched.',
      each(({ validity }) => (validity === 'valid' ? 1 : 0)),
    ),
    gauge(
      'anpr_list_version',
      'Version that is matched.',
      each(({ version }) => version),
    ),
    gauge(
      'anpr_list_entries',
      'Entries of that version.',
      each(({ entries }) => entries),
    ),
    gauge(
      'anpr_list_age_seconds',
      'Since that version was issued.',
      each(({ ageMs }) => (ageMs === null ? null : seconds(ageMs))),
    ),
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, help, type: 'gauge', samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, help, type: 'counter', samples };
}

function one(name: string, help: string, value: number, labels?: Sample['labels']): Family {
  return gauge(name, help, [labels === undefined ? { value } : { labels, value }]);
}

/** Left out while it is not known: a missing metric tells more than a false 0. */
function maybe(name: string, help: string, value: number | null, of: (value: number) => number = (all) => all): Family {
  return gauge(name, help, value === null ? [] : [{ value: of(value) }]);
}
