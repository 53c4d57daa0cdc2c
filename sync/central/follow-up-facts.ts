import type { LogFields } from '../../config/foundation/log.ts';
import type { FollowedUp, FollowUp, StoredHit } from './store/hit-desk.ts';

/**
 * What an audit log says of an officer's answer, wherever it was given: which hit, what, and whether it was new. Never the note, which
 * is free text, and of a discreet hit not what was found.
 */
export function followUpFacts({ hit }: StoredHit, what: FollowUp, outcome: FollowedUp): LogFields {
  const discreet = hit.data.entry.action === 'discreet-check';
  const found = what.step === 'verdict' && !discreet ? { verdict: what.verdict } : {};
  return { hit: hit.id, step: what.step, ...found, outcome };
}
