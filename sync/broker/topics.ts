const root = 'hazeldonk/v1';

/** Every topic the product uses, in one place, so that access rules and code cannot disagree. */
export const topics = {
  listManifest: (authority: string, list: string) => `${root}/lists/${authority}/${list}/manifest`,
  listBlob: (authority: string, list: string, sha256: string) => `${root}/lists/${authority}/${list}/blobs/${sha256}`,
  allManifests: `${root}/lists/+/+/manifest`,
  /** A list key wrapped for one node's key pair (JWE), retained. */
  listKey: (node: string, authority: string, list: string, generation: number) =>
    `${root}/nodes/${node}/keys/${authority}/${list}/${generation}`,
  allListKeysOf: (node: string) => `${root}/nodes/${node}/keys/+/+/+`,
  hits: (node: string) => `${root}/nodes/${node}/hits`,
  allHits: `${root}/nodes/+/hits`,
  evidence: (node: string, hitId: string, kind: 'plate' | 'scene') => `${root}/nodes/${node}/evidence/${hitId}/${kind}`,
  allEvidence: `${root}/nodes/+/evidence/+/+`,
  receipts: (node: string) => `${root}/nodes/${node}/receipts`,
  /** What became of a node's hits, from the centre to that node; never anything of a discreet one. */
  verdicts: (node: string) => `${root}/nodes/${node}/verdicts`,
  /** Not retained: a centre began to listen; nodes need not wait before they send again what it may have missed. */
  centreReady: `${root}/centre/ready`,
  presence: (node: string) => `${root}/nodes/${node}/presence`,
  allPresence: `${root}/nodes/+/presence`,
  health: (node: string) => `${root}/nodes/${node}/health`,
  allHealth: `${root}/nodes/+/health`,
} as const;
