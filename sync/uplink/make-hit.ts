import { createHash } from 'node:crypto';
import { printed } from '../../config/foundation/printable.ts';
import type { Match } from '../lists/matching/match.ts';
import { type EvidenceKind, evidenceKinds, type Hit, hitType, mostPlateCharacters } from './hit.ts';

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
        runnerUp: runnerUpOf(match),
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
        // A list that was built before lists were held to it may say more than a hit may, and its hits must arrive all the same.
        reference: printed(match.entry.reference),
        purpose: printed(match.list.purpose),
        legalBasis: printed(match.list.legalBasis),
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

/** A spelling that is longer than any plate tells nobody anything. */
function runnerUpOf({ runnerUp }: Match) {
  return runnerUp === null || runnerUp.text.length > mostPlateCharacters ? null : spelling(runnerUp);
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
