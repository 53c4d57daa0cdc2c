/**
 * What a match needs of a passage: what its pictures say before it was asked what countries write (`seen` of the recognizer's
 * Passage), because the matching weighs each text by how many vehicles of each country carry it, and must do so once.
 */
export interface Reading {
  /** Canonical spellings (A-Z 0-9), most probable first, summing to at most 1. */
  readonly spellings: readonly { readonly text: string; readonly probability: number }[];
  /** Registration country codes (NL, B, F, L, D, ..., `other`). */
  readonly countries: readonly { readonly country: string; readonly probability: number }[];
}

/** `verify`: a person looks at the picture before anybody acts. */
export type MatchGrade = 'confirmed' | 'verify';

export const actions = ['stop', 'observe', 'discreet-check', 'inquiry-check', 'specific-check'] as const;
/** What the list's owner asks of whoever receives the hit. */
export type Action = (typeof actions)[number];

/** One listed plate that this passage's vehicle carries, as far as reading and base rates can tell. */
export interface Match {
  /** The plate as its owner listed it (a `?` stands for an unknown character). */
  readonly listed: { readonly text: string; readonly country: string | null };
  /** The spelling of the passage that met the listed plate, and how probable the reader held it. */
  readonly read: { readonly text: string; readonly probability: number };
  /** The best spelling that is another plate, null when there was none. */
  readonly runnerUp: { readonly text: string; readonly probability: number } | null;
  /** Posterior that this vehicle carries the listed plate: reading, country and base rates together. */
  readonly probability: number;
  readonly grade: MatchGrade;
  readonly list: MatchedList;
  readonly entry: MatchedEntry;
}

export interface MatchedList {
  readonly authority: string;
  readonly id: string;
  readonly generation: number;
  readonly version: number;
  readonly purpose: string;
  readonly legalBasis: string;
  /** Since this version was issued. */
  readonly ageMs: number;
}

export interface MatchedEntry {
  /** The owner's opaque reference, never a person's name. */
  readonly reference: string;
  readonly action: Action;
  /** 1 is the most urgent, 9 the least. */
  readonly priority: number;
  readonly recipients: readonly string[];
  /** Unix milliseconds by which the owner asks for an answer; null without a deadline. */
  readonly deadlineMs: number | null;
}

/** An entry as a hit names it. */
export interface ListedEntry {
  readonly authority: string;
  readonly list: string;
  /** The spelling that met it. */
  readonly text: string;
  readonly reference: string;
}

export type EntryStanding = 'listed' | 'removed' | 'list-revoked' | 'unknown';

export const abstentions = [
  'improbable',
  'entry-not-valid',
  'outside-area',
  'not-allowed',
  'list-expired',
  'list-not-yet-valid',
  'no-key',
] as const;
/** Why a looked-up plate, or a whole list, gave no match. Counted, never logged with a plate. */
export type Abstention = (typeof abstentions)[number];

export type ListValidity = 'valid' | 'not-yet-valid' | 'expired' | 'no-key' | 'waiting' | 'revoked' | 'outside-area';

/** One list's state for console, health and fleet. */
export interface ListStatus {
  readonly authority: string;
  readonly id: string;
  readonly validity: ListValidity;
  /** Generation, version and entries that match now; null while no complete version is held. */
  readonly generation: number | null;
  readonly version: number | null;
  readonly entries: number;
  readonly ageMs: number | null;
  /** The newest version that this node accepted; larger than `version` while it is being fetched. */
  readonly acceptedVersion: number;
}
