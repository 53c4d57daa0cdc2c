import type { ActiveManifest } from './manifest.ts';

const index = { sha256: 'ab'.repeat(32), bytes: 48 };
/** A manifest as an authority publishes it, with a delta on its snapshot. */
export const sampleManifest: ActiveManifest = {
  format: 1,
  state: 'active',
  authority: 'NL',
  list: 'stolen',
  generation: 2,
  version: 7,
  predecessor: { version: 6, sha256: 'cd'.repeat(32) },
  issued: '2026-03-01T12:00:00Z',
  title: 'Stolen vehicles',
  purpose: 'recovery',
  legalBasis: 'an act',
  protocol: 'CBE-2',
  recipients: ['nl-police'],
  action: 'stop',
  priority: 2,
  respondWithinMinutes: null,
  area: { sites: ['hazeldonk'] },
  expectedGenuinePerMillion: 10,
  falseHitsPerMillion: { confirmed: 1, verify: 20 },
  validFrom: '2026-03-01T12:00:00Z',
  validUntil: '2026-03-08T12:00:00Z',
  entries: 3,
  keyCheck: 'ef'.repeat(16),
  snapshot: { version: 5, index, records: 3, bytes: 400 },
  deltas: [{ version: 7, index: { ...index, sha256: 'ba'.repeat(32) }, records: 1, bytes: 100 }],
  mirrors: ['https://lists.example/blobs'],
};
