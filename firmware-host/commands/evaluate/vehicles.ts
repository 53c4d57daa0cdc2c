import { fold } from '../../../config/foundation/fold.ts';
import type { Luma } from '../../../recognizer/luma.ts';
import { PlateReads } from '../../../recognizer/passages/plate-reads.ts';
import { readabilityOf } from '../../../recognizer/passages/readability.ts';
import { asOnTheNode } from './as-on-the-node.ts';
import type { ScoredPlate } from './scoring.ts';

/** Pictures of one vehicle are taken as so far apart as frames that a node reads. */
const APART_MS = 100;

/** How many vehicles are read exactly from all their pictures together. */
export interface VehicleMarks {
  readonly vehicles: number;
  /** Of these, how many were found in any picture at all. */
  readonly found: number;
  /** Exact when O is taken for 0 and I for 1. */
  readonly folded: number;
}

/** Joins what a folder's pictures say of each vehicle, told apart by its labelled text, as a node joins the frames of a passage. */
export class Vehicles {
  readonly #reads = new Map<string, PlateReads>();
  #pictures = 0;

  /** The scored plates of one picture. */
  add(luma: Luma, scored: readonly ScoredPlate[]): void {
    this.#pictures++;
    for (const { plate, read } of scored) {
      const reads = this.#reads.get(plate.text) ?? new PlateReads(asOnTheNode);
      this.#reads.set(plate.text, reads);
      if (read === null) continue;
      const readability = readabilityOf(luma, read.corners);
      if (reads.deserve(readability)) reads.add({ read, timeMs: this.#pictures * APART_MS, readability });
    }
  }

  get marks(): VehicleMarks {
    const all = [...this.#reads];
    return {
      vehicles: all.length,
      found: all.filter(([, reads]) => reads.count > 0).length,
      folded: all.filter(([text, { fused }]) => fold(fused.spellings[0]?.text ?? '') === fold(text)).length,
    };
  }
}
