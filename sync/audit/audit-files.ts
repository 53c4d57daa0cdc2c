import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChainHead, type ChainVerdict, verifyChain } from './audit-chain.ts';

const PART = /^audit-\d{6}\.jsonl$/;

/** The files of an audit log, the oldest first. */
export function auditParts(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => PART.test(name))
    .sort();
}

/** Where in its files the end of a chain is. */
export interface ChainPlace {
  readonly head: ChainHead;
  readonly part: number;
  /** Of that part. */
  readonly bytes: number;
}

export function partName(number: number): string {
  return `audit-${String(number).padStart(6, '0')}.jsonl`;
}

/**
 * Verifies every part of the log in a folder as one chain; an unfinished last line is what a power cut leaves. A `noted` head,
 * kept elsewhere, must be the hash of one of its records, or its beginning.
 */
export function verifyAuditFolder(folder: string, start: ChainHead, noted?: string): ChainVerdict {
  const text = auditParts(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  const verdict = verifyChain(lines, start);
  const line = lines.length + 1;
  if (verdict.broken !== null) return verdict;
  if (noted !== undefined && !start.hash.startsWith(noted) && !text.includes(`"hash":"${noted}`))
    return { ...verdict, broken: { line, reason: 'head-missing' } };
  return rest === '' ? verdict : { ...verdict, broken: { line, reason: 'unfinished' } };
}

/**
 * Verifies what was added after a place up to which the log was followed before, so that its whole length need not be read again.
 * Null when that does not settle it: only the whole log tells then what is wrong, or that its old parts were let go.
 */
export function verifyAdded(folder: string, start: ChainHead, known: ChainPlace): ChainVerdict | null {
  const parts = auditParts(folder).filter((name) => name >= partName(known.part));
  if (parts[0] !== partName(known.part)) return null;
  const bytes = Buffer.concat(parts.map((name) => readFileSync(join(folder, name))));
  if (bytes.byteLength < known.bytes) return null;
  const lines = bytes.subarray(known.bytes).toString('utf8').split('\n');
  if (lines.pop() !== '') return null;
  const verdict = verifyChain(lines, start, known.head);
  return verdict.broken === null ? verdict : null;
}
