import type { BuildReport } from './build-list-folder.ts';
import { grouped } from './progress.ts';
import type { MeasureCost, SafetyReport } from './safety-cost.ts';

/** What an officer reads after a build. */
export function buildReportText(report: BuildReport, dryRun: boolean): string {
  const { manifest, rows, changes, notCompared, form, bytesToFetch, keyRotated, safety } = report;
  const { authority, list, version, generation } = manifest;
  const lines = [
    `${dryRun ? 'would build' : 'built'} ${authority}/${list} version ${version} (generation ${generation}):`,
    `${grouped(rows)} rows, ${grouped(manifest.entries)} sealed entries, valid until ${manifest.validUntil}`,
  ];
  if (changes !== null) {
    const { added, removed, changed, unchanged } = changes;
    lines.push(`${changesText({ added, removed, changed, unchanged })} (in version ${version - 1})`);
  }
  if (notCompared !== null) lines.push(`not compared with version ${version - 1}: ${notCompared}`);
  if (keyRotated !== null && generation > 1) lines.push(`new list key: ${keyRotated}`);
  lines.push(
    form === 'as-before'
      ? 'nodes that hold the version before have nothing to fetch'
      : `${form === 'delta' ? 'nodes that hold the version before' : 'nodes'} fetch ${grouped(bytesToFetch)} bytes (${form})`,
  );
  return [...lines, ...safetyLines(safety)].join('\n');
}

/** Counts of plates, in words. */
export function changesText(counts: {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly unchanged: number;
}): string {
  const { added, removed, changed, unchanged } = counts;
  return `${grouped(added)} plates added, ${grouped(removed)} removed, ${grouped(changed)} changed, ${grouped(unchanged)} as before`;
}

function safetyLines({ sealing, encryption, signature, filter }: SafetyReport): string[] {
  return [
    'what safety costs:',
    costLine('look-up keys in place of plates (HMAC)', sealing, 'bytes more'),
    costLine('details encrypted (AES-256-GCM)', encryption, 'bytes more'),
    costLine('manifest signed and checked (Ed25519)', signature, 'bytes more'),
    costLine('filter made by each node', filter, 'bytes of its memory'),
  ];
}

function costLine(what: string, { ms, bytes }: MeasureCost, unit: string): string {
  return `  ${what.padEnd(40)} ${duration(ms).padStart(8)}  ${grouped(bytes).padStart(13)} ${unit}`;
}

function duration(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
