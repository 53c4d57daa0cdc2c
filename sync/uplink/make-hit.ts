import { createHash } from 'node:crypto';
import type { Match } from '../lists/matching/match.ts';
import { type EvidenceKind, evidenceKinds, type Hit, hitType } from './hit.ts';

/** What a hit tells of a passage; the recognizer's Passage has this shape. */
export interface PassageFacts {
  readonly camera: string;
  readonly lane: string | null;
  readonly direction: 'approaching' | 'receding' | 'unknown';
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly framesSeen: number;
  readonly framesRead: number;
  readonly plateHeightPx: number;
  readonly countries: readonly { readonly country: string; readonly probability: number }[];
}

export interface ClockState {
  readonly synchronised: boolean;
  /** What set the clock: `ntp`, `ptp`, `gnss`, `none`. */
  readonly source: string;
  readonly estimatedErrorMs: number | null;
}

/** JPEG pictures by kind; a picture that could not be had is simply absent. */
export type EvidencePictures = Readonly<Partial<Record<EvidenceKind, Uint8Array>>>;

export interface HitCircumstances {
  /** A UUIDv7: the id under which the hit is resent and de-duplicated. */
  readonly id: string;
  readonly nowMs: number;
  readonly node: { readonly id: string; readonly site: string };
  readonly clock: ClockState;
  readonly evidence: EvidencePictures;
}

/** Says a match of a passage in the words of the wire. Pure: the same input gives the same hit. */
export function makeHit(passage: PassageFacts, match: Match, circumstances: HitCircumstances): Hit {
  const { node, evidence } = circumstances;
  const country = passage.countries[0];
  return {
    specversion: '1.0',
    id: circumstances.id,
    source: sourceOf(node.id),
    type: hitType,
    time: isoTime(circumstances.nowMs),
    datacontenttype: 'application/json',
    data: {
      node: node.id,
      site: node.site,
      grade: match.grade,
      observation: {
        camera: passage.camera,
        lane: passage.lane,
        direction: passage.direction,
        firstSeen: isoTime(passage.firstSeenMs),
        lastSeen: isoTime(passage.lastSeenMs),
        framesSeen: passage.framesSeen,
        framesRead: passage.framesRead,
        plateHeightPx: Math.round(passage.plateHeightPx),
        clock: { ...circumstances.clock },
      },
      plate: {
        listed: match.listed.text,
        listedCountry: match.listed.country,
        read: spelling(match.read),
        runnerUp: match.runnerUp && spelling(match.runnerUp),
        country: country?.country ?? null,
        countryProbability: country ? rounded(country.probability) : null,
        matchProbability: rounded(match.probability),
      },
      list: {
        authority: match.list.authority,
        id: match.list.id,
        generation: match.list.generation,
        version: match.list.version,
        ageSeconds: Math.max(0, Math.round(match.list.ageMs / 1000)),
      },
      entry: {
        reference: match.entry.reference,
        purpose: match.list.purpose,
        legalBasis: match.list.legalBasis,
        action: match.entry.action,
        priority: match.entry.priority,
        recipients: [...match.entry.recipients],
        answerBy: match.entry.deadlineMs === null ? null : isoTime(match.entry.deadlineMs),
      },
      evidence: { plate: hashOf(evidence.plate), scene: hashOf(evidence.scene) },
    },
  };
}

/** The CloudEvents source of everything a node sends. */
export function sourceOf(node: string): string {
  return `/nodes/${node}`;
}

/** SHA-256 in lower-case hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The pictures of a hit that exist, in the order in which they are sent. */
export function picturesOf(
  evidence: EvidencePictures,
): readonly { readonly kind: EvidenceKind; readonly jpeg: Uint8Array }[] {
  return evidenceKinds.flatMap((kind) => {
    const jpeg = evidence[kind];
    return jpeg ? [{ kind, jpeg }] : [];
  });
}

function hashOf(jpeg: Uint8Array | undefined): string | null {
  return jpeg ? sha256(jpeg) : null;
}

function spelling(read: { readonly text: string; readonly probability: number }) {
  return { text: read.text, probability: rounded(read.probability) };
}

/** Six digits tell everything that a reader knows. */
function rounded(probability: number): number {
  return Math.min(1, Math.max(0, Math.round(probability * 1e6) / 1e6));
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
