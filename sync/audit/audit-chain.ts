import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../lists/canonical-json.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** One line of an audit log. Its hash covers everything in it and the hash of the record before it. */
export const auditRecordSchema = z.strictObject({
  record: z.int().min(1),
  time: z.iso.datetime(),
  event: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  previous: digest,
  hash: digest,
});
export type AuditRecord = z.infer<typeof auditRecordSchema>;

/** The end of a chain: what the next record is tied to, and what an outsider keeps to notice that the end was cut off. */
export interface ChainHead {
  readonly records: number;
  readonly hash: string;
}

/** Where the chain of this owner begins; another owner's records do not fit on it. */
export function chainStart(owner: string): ChainHead {
  return { records: 0, hash: sha256(`hazeldonk audit of ${owner}`) };
}

/** The next record after `head`. */
export function chained(head: ChainHead, content: Pick<AuditRecord, 'time' | 'event' | 'facts'>): AuditRecord {
  const body = { record: head.records + 1, ...content, previous: head.hash };
  return { ...body, hash: sha256(canonicalJson(body)) };
}

/** Where a chain is not what was once written. */
export interface ChainBreak {
  /** Counted from 1, over all lines given. */
  readonly line: number;
  readonly reason: 'not-a-record' | 'altered' | 'not-in-order' | 'unfinished' | 'head-missing';
}

export interface ChainVerdict {
  /** The first record that is still there: older parts of a long log are let go. */
  readonly first: number;
  readonly head: ChainHead;
  readonly broken: ChainBreak | null;
}

/**
 * Follows a chain from its first line: every hash must be right, every record tied to the one before it. From record 1 on the
 * chain must begin at `start`; one whose beginning was let go is taken from its first record. Lines that follow others, whose
 * end is known, must follow `after`. Stops at the first break.
 */
export function verifyChain(lines: Iterable<string>, start: ChainHead, after: ChainHead | null = null): ChainVerdict {
  let head = after;
  let first = 1;
  let line = 0;
  const verdict = (broken: ChainBreak | null): ChainVerdict => ({ first, head: head ?? start, broken });
  for (const text of lines) {
    line += 1;
    const record = parsedRecord(text);
    if (record === null) return verdict({ line, reason: 'not-a-record' });
    const { hash, ...body } = record;
    if (sha256(canonicalJson(body)) !== hash) return verdict({ line, reason: 'altered' });
    if (head === null) {
      first = record.record;
      if (first === 1 && record.previous !== start.hash) return verdict({ line, reason: 'not-in-order' });
    } else if (record.previous !== head.hash || record.record !== head.records + 1) {
      return verdict({ line, reason: 'not-in-order' });
    }
    head = { records: record.record, hash };
  }
  return verdict(null);
}

function parsedRecord(text: string): AuditRecord | null {
  try {
    return auditRecordSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
