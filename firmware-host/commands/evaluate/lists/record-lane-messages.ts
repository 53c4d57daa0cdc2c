import type { NumberedPlate } from './rendered-looks.ts';
import type { NumberedPassage } from './rendered-passages.ts';

/** What a process that renders and reads passages is told first; after that, each `next` asks for one more answer. */
export interface LaneRole {
  readonly models: string;
  readonly python: string;
  readonly plates: readonly NumberedPlate[];
}

export type FromLane =
  | { readonly tell: 'passage'; readonly passage: NumberedPassage }
  | { readonly tell: 'end' }
  | { readonly tell: 'fault'; readonly code: string; readonly message: string };
