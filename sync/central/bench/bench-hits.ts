import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uuidV7 } from '../../../config/foundation/uuid-v7.ts';
import { makeNodeKey, readNodeKey, signingKeyOf } from '../../lists/sealing/node-key.ts';
import { HitSealer } from '../../uplink/hit-sealer.ts';
import { makeHit } from '../../uplink/make-hit.ts';
import { RecipientKeys } from '../../uplink/recipient-keys.ts';

/** A hit ready to be sent. */
export interface BenchHit {
  readonly id: string;
  readonly node: string;
  readonly body: Uint8Array;
}

const nodes = 20;
const lists = ['stolen', 'wanted', 'insurance'];
const countries = ['NL', 'B', 'F', 'L', 'D'];
const letters = 'BDFGHJKLNPRSTVXZ';

/** Makes so many different, signed hits of twenty nodes, and the register that knows these nodes. */
export async function makeBenchHits(count: number, register: string): Promise<readonly BenchHit[]> {
  mkdirSync(register, { recursive: true });
  const sealers = await Promise.all(Array.from({ length: nodes }, (_, at) => enrolled(nodeName(at), register)));
  const hits: BenchHit[] = [];
  for (let at = 0; at < count; at += 1) {
    const sealer = sealers[at % nodes];
    if (sealer) hits.push(await benchHit(at, sealer));
  }
  return hits;
}

const nodeName = (at: number): string => `bench-${at % nodes}`;

async function enrolled(id: string, register: string): Promise<HitSealer> {
  const file = join(register, `${id}.secret`);
  const publicKey = await makeNodeKey(file, { id, site: 'bench', country: 'NL' });
  writeFileSync(join(register, `${id}.json`), JSON.stringify(publicKey));
  return new HitSealer(signingKeyOf(await readNodeKey(file)), RecipientKeys.none);
}

async function benchHit(at: number, sealer: HitSealer): Promise<BenchHit> {
  const nowMs = Date.now();
  const id = uuidV7(nowMs);
  const country = countries[at % countries.length] ?? 'NL';
  const text = `${letters[at % 16]}${letters[(at >> 4) % 16]}${String(at % 1000).padStart(3, '0')}${letters[(at >> 8) % 16]}`;
  const hit = makeHit(
    {
      camera: `lane-${at % 4}`,
      lane: null,
      direction: 'approaching',
      firstSeenMs: nowMs - 900,
      lastSeenMs: nowMs,
      framesSeen: 20,
      framesRead: 8,
      plateHeightPx: 24,
      countries: [{ country, probability: 0.96 }],
    },
    {
      listed: { text, country },
      read: { text, probability: 0.995 },
      runnerUp: null,
      probability: 0.9999,
      grade: 'confirmed',
      list: {
        authority: 'BENCH',
        id: lists[at % lists.length] ?? 'stolen',
        generation: 1,
        version: 1,
        purpose: 'benchmark',
        legalBasis: 'none',
        ageMs: 60_000,
      },
      entry: { reference: `BENCH-${at}`, action: 'observe', priority: 1 + (at % 5), recipients: [], deadlineMs: null },
    },
    {
      id,
      nowMs,
      node: { id: nodeName(at), site: 'bench' },
      clock: { synchronised: true, source: 'ntp', estimatedErrorMs: 1 },
      evidence: {},
    },
  );
  return { id, node: nodeName(at), body: (await sealer.seal(hit, {})).body };
}
