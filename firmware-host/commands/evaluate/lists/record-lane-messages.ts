import type { NumberedPlate } from './rendered-looks.ts';
import type { NumberedPassage } from './rendered-passages.ts';

/** What a process that renders and reads passages is asked first; after that, each `next` asks for one more passage. */
export interface LaneRole {
  readonly models: string;
  readonly python: string;
  readonly plates: readonly NumberedPlate[];
}

export type ToLane = { readonly ask: 'begin'; readonly role: LaneRole } | { readonly ask: 'next' };

export type FromLane =
  | { readonly tell: 'passage'; readonly passage: NumberedPassage }
  | { readonly tell: 'end' }
  | { readonly tell: 'fault'; readonly code: string; readonly message: string };
