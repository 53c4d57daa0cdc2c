import type { Area } from '../../lists/area.ts';
import { decodeIndex } from '../../lists/chunk-index.ts';
import { leastPosterior } from '../../lists/matching/hit-grade.ts';
import type { ListFolder } from './list-folder.ts';

/** What an officer wants to see of a list before publishing it. */
export function listCard(folder: ListFolder): string {
  const manifest = folder.builtManifest();
  const published = folder.published()?.manifest;
  const rows: [string, string][] = [
    ['list', `${manifest.authority}/${manifest.list}`],
    ['version', `${manifest.version}, generation ${manifest.generation}, issued ${manifest.issued}`],
    ['published', published === undefined ? 'not yet' : `version ${published.version}`],
  ];
  if (manifest.state === 'revoked') return table([...rows, ['state', `revoked: ${manifest.reason}`]]);
  const { expectedGenuinePerMillion: genuine, falseHitsPerMillion: budget, snapshot } = manifest;
  const chunks = decodeIndex(folder.blob(snapshot.index.sha256)).chunks.length;
  return table([
    ...rows,
    ['title', manifest.title],
    ['purpose', manifest.purpose],
    ['legal basis', manifest.legalBasis],
    ['protocol', manifest.protocol],
    ['action', `${manifest.action}, priority ${manifest.priority}`],
    ['recipients', manifest.recipients.join(', ')],
    ['valid', `${manifest.validFrom} to ${manifest.validUntil}`],
    ['area', areaText(manifest.area)],
    ['entries', `${manifest.entries} sealed, ${snapshot.bytes} bytes in ${chunks} chunks`],
    ['expected', `${genuine} genuine hits per million passages`],
    [
      'confirmed',
      `from ${percent(leastPosterior('confirmed', manifest))}: at most ${budget.confirmed} false per million`,
    ],
    ['to verify', `from ${percent(leastPosterior('verify', manifest))}: at most ${budget.verify} false per million`],
  ]);
}

function areaText(area: Area | null): string {
  if (area === null) return 'every node';
  const named = [...(area.nodes ?? []), ...(area.sites ?? []), ...(area.countries ?? [])];
  return named.length === 0 ? 'no node' : named.join(', ');
}

function percent(probability: number): string {
  return `${(probability * 100).toFixed(1)} %`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([name, value]) => `${name.padEnd(12)} ${value}`).join('\n');
}
