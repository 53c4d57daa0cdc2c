import sharp from 'sharp';
import { uuidV7 } from '../config/foundation/uuid-v7.ts';
import { MotorwayScene } from '../firmware-host/demo/motorway-scene.ts';
import { type DemoVehicle, demoScript } from '../firmware-host/demo/sequence.ts';
import type { SqlHitStore } from '../sync/central/store/sql-hit-store.ts';
import type { Match } from '../sync/lists/matching/match.ts';
import { encodeMessage } from '../sync/uplink/cloud-event.ts';
import type { Health, Presence } from '../sync/uplink/health.ts';
import type { Hit } from '../sync/uplink/hit.ts';
import { type EvidencePictures, makeHit } from '../sync/uplink/make-hit.ts';
import { sampleMatch, samplePassage } from '../sync/uplink/sample-hit.test-data.ts';

/** A vehicle of the rendered motorway with the pictures that a node would send of it. */
export interface Sighting {
  readonly text: string;
  readonly country: string;
  readonly pictures: Required<EvidencePictures>;
}

/** Draws so many vehicles of a scene, each where its plate is near the camera. */
export async function drawSightings(scene: 'day' | 'night', count: number): Promise<readonly Sighting[]> {
  const motorway = await MotorwayScene.prepare(scene);
  const sightings: Sighting[] = [];
  for (const vehicle of demoScript(scene, 60).slice(0, count)) sightings.push(await drawSighting(motorway, vehicle));
  return sightings;
}

async function drawSighting(motorway: MotorwayScene, vehicle: DemoVehicle): Promise<Sighting> {
  for (let seconds = 2.6; seconds > 0.4; seconds -= 0.08) {
    const { picture, plates } = await motorway.frame([vehicle], vehicle.entersS + seconds);
    const corners = plates[0]?.corners;
    if (corners === undefined || Math.max(...corners.map(([, v]) => v)) > 1000) continue;
    const { data, widthPx: width, heightPx: height } = picture;
    const colours = sharp(new Uint8Array(data.buffer), { raw: { width, height, channels: 3 } });
    const scene = await colours.clone().resize(1280).jpeg({ quality: 80 }).toBuffer();
    const plate = await colours.extract(around(corners, { width, height })).jpeg({ quality: 88 }).toBuffer();
    return { text: vehicle.text, country: vehicle.country, pictures: { plate, scene } };
  }
  throw new Error(`the plate of ${vehicle.text} is never in the picture`);
}

/** The plate's box with some room, inside the picture. */
function around(corners: readonly (readonly [number, number])[], size: { width: number; height: number }) {
  const us = corners.map(([u]) => u);
  const vs = corners.map(([, v]) => v);
  const room = (Math.max(...us) - Math.min(...us)) * 0.08;
  const left = Math.max(0, Math.floor(Math.min(...us) - room));
  const top = Math.max(0, Math.floor(Math.min(...vs) - room));
  return {
    left,
    top,
    width: Math.min(size.width, Math.ceil(Math.max(...us) + room)) - left,
    height: Math.min(size.height, Math.ceil(Math.max(...vs) + room)) - top,
  };
}

export interface HitFacts {
  readonly listed?: string;
  readonly read?: string;
  readonly node?: string;
  readonly site?: string;
  readonly nowMs?: number;
  readonly grade?: Match['grade'];
  readonly entry?: Partial<Match['entry']>;
  readonly list?: Partial<Match['list']>;
}

/** A hit of this vehicle as its node would make it. */
export function hitOf(sighting: Sighting, facts: HitFacts = {}): Hit {
  const { nowMs = Date.now(), node = 'a16-hazeldonk', site = 'A16 Hazeldonk' } = facts;
  const match: Match = {
    ...sampleMatch,
    listed: { text: facts.listed ?? sighting.text, country: sighting.country },
    read: { text: facts.read ?? sighting.text, probability: 0.994 },
    runnerUp: null,
    grade: facts.grade ?? 'confirmed',
    list: { ...sampleMatch.list, ...facts.list },
    entry: { ...sampleMatch.entry, deadlineMs: nowMs + 15 * 60_000, ...facts.entry },
  };
  const passage = {
    ...samplePassage,
    firstSeenMs: nowMs - 2_400,
    lastSeenMs: nowMs - 600,
    countries: [{ country: sighting.country, probability: 0.98 }],
  };
  return makeHit(passage, match, {
    id: uuidV7(nowMs),
    nowMs,
    node: { id: node, site },
    clock: { synchronised: true, source: 'ntp', estimatedErrorMs: 3 },
    evidence: sighting.pictures,
  });
}

/** Stores a hit and its pictures as the receiver does. */
export async function bring(store: SqlHitStore, hit: Hit, sighting: Sighting, receivedMs = Date.now()): Promise<void> {
  await store.addHits([{ hit, body: encodeMessage(hit) }], receivedMs);
  await store.addPicture(hit.data.node, hit.id, 'plate', sighting.pictures.plate);
  await store.addPicture(hit.data.node, hit.id, 'scene', sighting.pictures.scene);
}

export function presenceOf(node: string, site: string, state: Presence['state'] = 'online'): Presence {
  return { node, site, state, software: '0.2.0', startedAt: '2026-05-01T04:00:00.000Z' };
}

export function healthOf(node: string, changes: Partial<Health> = {}): Health {
  return {
    node,
    time: new Date().toISOString(),
    upSeconds: 86_000,
    software: '0.2.0',
    inhibited: null,
    models: { detector: '3', reader: '7' },
    cameras: [
      { name: 'north-1', state: 'ok' },
      { name: 'north-2', state: 'ok' },
    ],
    lists: [
      { list: 'be-fedpol/stolen', version: 41, state: 'valid' },
      { list: 'NL-POLICE/wanted', version: 118, state: 'valid' },
    ],
    funnel: { frames: 900_000, passages: 30_000, hits: 3 },
    abstained: {},
    outbox: { hits: 0, pictures: 0, dropped: 0, oldestSeconds: null },
    clock: { synchronised: true, errorMs: 2 },
    temperatureC: 44,
    diskFreeMb: 52_000,
    ...changes,
  };
}
