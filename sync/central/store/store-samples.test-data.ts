import { uuidV7 } from '../../../config/foundation/uuid-v7.ts';
import { encodeMessage } from '../../uplink/cloud-event.ts';
import type { Health, Presence } from '../../uplink/health.ts';
import type { Hit, Withdrawn } from '../../uplink/hit.ts';
import { sampleHit, samplePicture } from '../../uplink/sample-hit.test-data.ts';

export const node = 'gantry-7';
export const plate = samplePicture(3_000, 1);
export const scene = samplePicture(5_000, 2);
export const officer = { by: 'K. Jansen', atMs: 5_000 };
export const aDayMs = 86_400_000;
export const arrival = (hit: Hit) => ({ hit, body: encodeMessage(hit) });
export const minute = (minutes: number): string => new Date(Date.UTC(2026, 4, 1, 12, minutes)).toISOString();

/** A hit with other facts than the sample's. */
export function hitWith(data: {
  readonly node?: string;
  readonly camera?: string;
  readonly list?: string;
  readonly country?: string | null;
  readonly action?: Hit['data']['entry']['action'];
  readonly listed?: string;
}): Hit {
  const hit = sampleHit({ node: data.node ?? node });
  const { observation, list, plate: read, entry } = hit.data;
  return {
    ...hit,
    data: {
      ...hit.data,
      observation: { ...observation, camera: data.camera ?? observation.camera },
      list: { ...list, id: data.list ?? list.id },
      plate: {
        ...read,
        listed: data.listed ?? read.listed,
        listedCountry: data.country === undefined ? read.listedCountry : data.country,
      },
      entry: { ...entry, action: data.action ?? entry.action },
    },
  };
}

export const presence = (state: Presence['state']): Presence => ({
  node,
  site: 'hazeldonk-a16',
  state,
  software: '0.2.0',
  startedAt: minute(0),
});

export function health(time: string, upSeconds: number, passages: number): Health {
  return {
    node,
    time,
    upSeconds,
    software: '0.2.0',
    inhibited: null,
    models: { reader: '3' },
    cameras: [{ name: 'north-1', state: 'ok' }],
    lists: [{ list: 'be-fedpol/stolen', version: 41, state: 'fresh' }],
    funnel: { frames: passages * 30, passages, hits: 1, 'made-up': 7 },
    abstained: {},
    outbox: { hits: 0, pictures: 0, dropped: 0, oldestSeconds: null },
    clock: { synchronised: true, errorMs: 2 },
    temperatureC: 41,
    diskFreeMb: 9_000,
  };
}

export const withdrawal = (hit: string, from = node): Withdrawn => ({
  specversion: '1.0',
  id: uuidV7(Date.now()),
  source: `/nodes/${from}`,
  type: 'eu.hazeldonk.anpr.hit.withdrawn.v1',
  time: minute(1),
  datacontenttype: 'application/json',
  data: { node: from, hit, reason: 'the plate was read again' },
});
