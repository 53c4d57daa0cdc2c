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

export function partName(number: number): string {
  return `audit-${String(number).padStart(6, '0')}.jsonl`;
}

/**
 * Verifies every part of the log in a folder as one chain; an unfinished last line is what a power cut leaves. A `noted` head,
 * kept elsewhere, must be the hash of one of its records.
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
  if (noted !== undefined && noted !== start.hash && !text.includes(`"hash":"${noted}"`))
    return { ...verdict, broken: { line, reason: 'head-missing' } };
  return rest === '' ? verdict : { ...verdict, broken: { line, reason: 'unfinished' } };
}
