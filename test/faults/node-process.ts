import { createHash } from 'node:crypto';
import { MqttLink } from '../../sync/broker/mqtt-link.ts';
import { canonicalJson } from '../../sync/lists/canonical-json.ts';
import { Outbox } from '../../sync/uplink/outbox.ts';
import { Publisher } from '../../sync/uplink/publisher.ts';
import { sampleHit, samplePicture } from '../../sync/uplink/sample-hit.test-data.ts';
import { jumpClock, obey, quickLink, say } from './child-program.ts';

interface Settings {
  readonly url: string;
  readonly outbox: string;
}

interface Append {
  readonly first: number;
  readonly count: number;
  readonly plateBytes: number;
  readonly sceneBytes: number;
  /** One hit in so many has pictures. */
  readonly picturesEvery: number;
  readonly clockStepMs: number;
  /** Says each hit on its own, before and after; otherwise all of them afterwards. */
  readonly tellEach: boolean;
}

/** A node's uplink, whole: outbox, publisher and link, in a process that may be killed. */
const settings: Settings = JSON.parse(process.argv[2] ?? '');
const node = 'gantry-7';
const outbox = Outbox.open(settings.outbox, { diskBudgetBytes: 4e9, reserveBytes: 1024 * 1024 });
const link = new MqttLink({ ...quickLink, url: settings.url, clientId: node });
const pace = { firstMs: 300, longestMs: 1_000, windowUnanswered: 2 };
const publisher = new Publisher({
  node,
  link,
  outbox,
  hitPace: { ...pace, window: 32 },
  picturePace: { ...pace, window: 8 },
  publishDeadlineMs: 300,
  slowestBytesPerSecond: quickLink.slowestBytesPerSecond,
});
const never = new AbortController().signal;
void link.run(never);
void publisher.run(never);

let clockMs = 0;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

obey({
  ready: () => ({}),
  clock: ({ offsetMs }: { offsetMs: number }) => {
    clockMs = offsetMs;
    jumpClock(clockMs);
    return {};
  },
  append: async (order: Append) => {
    const told = [];
    for (let number = order.first; number < order.first + order.count; number += 1) {
      const words = appendOne(number, order);
      if (!order.tellEach) told.push(words);
      await turn();
    }
    return { told };
  },
  counts: () => ({ ...outbox.counts(), connected: link.connected, sent: publisher.counts().sent }),
  empty: async () => {
    for (;;) {
      const { hitsWaiting, picturesWaiting } = outbox.counts();
      // The next disk that fills up finds the reserve in its place, as one a day later would.
      if (hitsWaiting + picturesWaiting === 0 && outbox.tend() === Number.POSITIVE_INFINITY) return {};
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  },
});

function appendOne(number: number, order: Append) {
  clockMs += order.clockStepMs;
  if (order.clockStepMs > 0) jumpClock(clockMs);
  // Each picture is another one, so that a picture under the wrong hit would be found by its hash.
  const pictured = number % order.picturesEvery === 0;
  const evidence = pictured
    ? {
        plate: samplePicture(order.plateBytes + (number % 97), number % 251),
        scene: samplePicture(order.sceneBytes + (number % 89), number % 241),
      }
    : {};
  const hit = sampleHit({ node, timeMs: Date.now(), priority: 1 + (number % 9), evidence });
  const digest = createHash('sha256').update(canonicalJson(hit)).digest('hex');
  const told = { id: hit.id, urgency: hit.data.entry.priority, timeMs: Date.parse(hit.time), digest, pictured };
  if (order.tellEach) say({ appending: told });
  const { stored, onDisk } = outbox.append(hit, evidence);
  if (order.tellEach) say({ appended: hit.id, stored, onDisk });
  return told;
}
