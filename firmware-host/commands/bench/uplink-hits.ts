import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { uuidV7 } from '../../../config/foundation/uuid-v7.ts';
import type { Match } from '../../../sync/lists/matching/match.ts';
import { makeNodeKey, readNodeKey, signingKeyOf } from '../../../sync/lists/sealing/node-key.ts';
import type { Hit } from '../../../sync/uplink/hit.ts';
import { HitSealer, type SealedHit } from '../../../sync/uplink/hit-sealer.ts';
import { makeHit, type PassageFacts } from '../../../sync/uplink/make-hit.ts';
import { RecipientKeys } from '../../../sync/uplink/recipient-keys.ts';

/** What a crop and a scene of 1280 x 720 take as JPEG. */
const plateBytes = 4_000;
const sceneBytes = 120_000;

const passage: PassageFacts = {
  camera: 'bench',
  lane: 'left',
  direction: 'approaching',
  firstSeenMs: 0,
  lastSeenMs: 900,
  framesSeen: 23,
  framesRead: 8,
  plateHeightPx: 28,
  countries: [{ country: 'NL', probability: 0.98 }],
};

const match: Match = {
  listed: { text: 'XX99XX', country: 'NL' },
  read: { text: 'XX99XX', probability: 0.99 },
  runnerUp: null,
  probability: 0.9999,
  grade: 'confirmed',
  list: {
    authority: 'BENCH',
    id: 'bench',
    generation: 1,
    version: 1,
    purpose: 'measurement',
    legalBasis: 'none',
    ageMs: 1_000,
  },
  entry: { reference: 'BENCH-1', action: 'stop', priority: 2, recipients: ['bench'], deadlineMs: null },
};

/** Makes hits as a node does, signed with a key of its own. */
export class BenchHits {
  readonly #node: { readonly id: string; readonly site: string };
  readonly #sealer: HitSealer;
  /** What the centre must know of the node. */
  readonly publicKey: object;

  static async enrol(folder: string, id: string): Promise<BenchHits> {
    const file = join(folder, 'node-key.json');
    const node = { id, site: 'bench', country: 'NL' };
    const publicKey = await makeNodeKey(file, node);
    const sealer = new HitSealer(signingKeyOf(await readNodeKey(file)), RecipientKeys.none);
    return new BenchHits(node, sealer, publicKey);
  }

  private constructor(node: { id: string; site: string }, sealer: HitSealer, publicKey: object) {
    this.#node = node;
    this.#sealer = sealer;
    this.publicKey = publicKey;
  }

  async next(pictures: boolean): Promise<{ readonly hit: Hit; readonly sealed: SealedHit }> {
    const nowMs = Date.now();
    const evidence = pictures ? { plate: likeJpeg(plateBytes), scene: likeJpeg(sceneBytes) } : {};
    const clock = { synchronised: true, source: 'bench', estimatedErrorMs: 0 };
    const hit = makeHit(passage, match, { id: uuidV7(nowMs), nowMs, node: this.#node, clock, evidence });
    return { hit, sealed: await this.#sealer.seal(hit, evidence) };
  }
}

/** A JPEG by its first bytes; for sending nobody looks further. */
function likeJpeg(bytes: number): Buffer {
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), randomBytes(bytes - 3)]);
}
