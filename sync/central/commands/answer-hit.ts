import { userInfo } from 'node:os';
import type { AuditRecorder } from '../../audit/audit-log.ts';
import { followUpFacts } from '../follow-up-facts.ts';
import type { FollowedUp, FollowUp, HitDesk } from '../store/hit-desk.ts';

export interface Answers {
  readonly desk: Pick<HitDesk, 'followUp' | 'hit'>;
  /** Who answers, as he says. */
  readonly by: string;
  readonly audit: AuditRecorder;
}

/** An answer given at a terminal: into the store, and into the audit log with the account at which it was given. */
export async function answerHit({ desk, by, audit }: Answers, id: string, what: FollowUp): Promise<FollowedUp> {
  const outcome = await desk.followUp(id, what, { by, atMs: Date.now() });
  const stored = outcome === 'unknown-hit' ? null : await desk.hit(id);
  const account = userInfo().username;
  if (stored) audit.record('hits/followed-up', { by, account, ...followUpFacts(stored, what, outcome) });
  return outcome;
}
