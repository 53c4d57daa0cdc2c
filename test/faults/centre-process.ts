import { createHash } from 'node:crypto';
import { MqttLink } from '../../sync/broker/mqtt-link.ts';
import { Receiver } from '../../sync/central/receiver.ts';
import { SqliteHitStore } from '../../sync/central/sqlite-hit-store.ts';
import { canonicalJson } from '../../sync/lists/canonical-json.ts';
import { jumpClock, obey, quickLink, say } from './child-program.ts';

interface Settings {
  readonly url: string;
  readonly store: string;
}

/** The centre's receiver with its store, in a process that may be killed. */
const settings: Settings = JSON.parse(process.argv[2] ?? '');
const store = SqliteHitStore.open(settings.store);
const link = new MqttLink({ ...quickLink, url: settings.url });
const receiver = new Receiver({
  link,
  store,
  onHit: (hit) => say({ hit: hit.id }),
  onPicture: ({ hit, kind }) => say({ picture: `${hit.id}/${kind}` }),
});
const never = new AbortController().signal;
void link.run(never);
// A receiver that fails ends its process; in the field it is started again, here it is a finding.
void receiver.run(never).catch((error) => {
  console.error(error);
  process.exit(70);
});

obey({
  ready: () => ({}),
  clock: ({ offsetMs }: { offsetMs: number }) => {
    jumpClock(offsetMs);
    return {};
  },
  counts: async () => ({ ...(await store.counts()), receiver: receiver.counts(), connected: link.connected }),
  /** Of each hit the digest of what is stored, null when it is not. */
  digests: async ({ ids }: { ids: string[] }) => {
    const digests = [];
    for (const id of ids) {
      const hit = (await store.hit(id))?.hit;
      digests.push(hit ? createHash('sha256').update(canonicalJson(hit)).digest('hex') : null);
    }
    return { digests };
  },
});
