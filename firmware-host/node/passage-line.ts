import { uuidV7 } from '../../config/foundation/uuid-v7.ts';
import type { Passage } from '../../recognizer/passages/passage.ts';
import type { Match } from '../../sync/lists/matching/match.ts';
import type { Hit } from '../../sync/uplink/hit.ts';
import type { SealedHit } from '../../sync/uplink/hit-sealer.ts';
import { type ClockState, type EvidencePictures, makeHit } from '../../sync/uplink/make-hit.ts';

/** What the line from a passage to the outbox needs of its surroundings. */
export interface PassageLineParts {
  readonly node: { readonly id: string; readonly site: string };
  readonly match: (passage: Passage) => readonly Match[];
  /** The pictures of a passage from the camera that saw it; one that cannot be had in time never holds up a hit. */
  readonly evidence: (passage: Passage) => Promise<EvidencePictures>;
  /** Signs a hit, and seals it to its recipients. */
  readonly seal: (hit: Hit, evidence: EvidencePictures) => Promise<SealedHit>;
  readonly append: (hit: Hit, sealed: SealedHit) => { readonly stored: boolean };
  readonly clock: () => ClockState;
}

/** From passage to hit. What matches no list is forgotten at once: only a counter remembers that a vehicle passed. */
export class PassageLine {
  readonly #parts: PassageLineParts;
  #passages = 0;
  #hits = 0;

  constructor(parts: PassageLineParts) {
    this.#parts = parts;
  }

  get passages(): number {
    return this.#passages;
  }

  get hits(): number {
    return this.#hits;
  }

  /** Resolves when every hit of this passage is in the outbox. */
  async take(passage: Passage): Promise<void> {
    const { node, evidence: pictures, seal, append, clock } = this.#parts;
    this.#passages += 1;
    const matches = this.#parts.match(passage);
    if (matches.length === 0) return;
    const evidence = await pictures(passage);
    for (const match of matches) {
      const nowMs = Date.now();
      const hit = makeHit(passage, match, { id: uuidV7(nowMs), nowMs, node, clock: clock(), evidence });
      // What finds no place is logged by the outbox, which keeps silent about discreet hits.
      if (append(hit, await seal(hit, evidence)).stored) this.#hits += 1;
    }
  }
}
