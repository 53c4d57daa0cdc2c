import { endingCertificate } from '../../uplink/health.ts';
import type { FollowUpRecord, NodeRecord, StoredHit } from '../store/hit-desk.ts';
import { comparePlates, type PlateColumn } from './compare-plates.ts';
import type { NodePlaces, Place } from './node-places.ts';
import type { Role } from './officers.ts';

/** A hit as the page gets it: all that is stored, and what helps to show it. */
export interface HitView extends StoredHit {
  readonly columns: readonly PlateColumn[];
  /** Shown with a mark, and never played as a sound. */
  readonly discreet: boolean;
}

export interface HitDetails {
  readonly hit: HitView;
  readonly history: readonly FollowUpRecord[];
}

export interface HitsPage {
  readonly hits: readonly HitView[];
  readonly next: string | null;
  /** Changes after this one are not in the page yet. */
  readonly cursor: number;
}

/** A node as the page gets it; without a place it stands in the table alone. */
export interface NodeView extends NodeRecord {
  readonly place: Place | null;
  /** Days left of a certificate that must be replaced now; null while there is time. */
  readonly endingCertificate: number | null;
}

export interface SessionView {
  readonly user: string;
  readonly role: Role;
  readonly csrf: string;
  /** The centre's clock, by which deadlines are counted down even where the officer's is wrong. */
  readonly nowMs: number;
}

/** What one message of the event stream carries. */
export interface ChangesView {
  readonly hits: readonly HitView[];
  readonly nodes: readonly NodeView[];
}

export function viewOfHit(stored: StoredHit): HitView {
  const { plate, entry } = stored.hit.data;
  const columns = comparePlates(plate.listed, plate.read.text);
  return { ...stored, columns, discreet: entry.action === 'discreet-check' };
}

export function viewOfNode(record: NodeRecord, places: NodePlaces): NodeView {
  const place = places.get(record.node) ?? null;
  return { ...record, place, endingCertificate: endingCertificate(record.health?.certificateDays) };
}
