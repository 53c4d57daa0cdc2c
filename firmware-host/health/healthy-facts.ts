import type { CameraFacts, LinkFacts, NodeFacts } from './node-facts.ts';

/** The facts of a node that lacks nothing, from which tests and the demo make others. */
export function healthyFacts(changes: Partial<NodeFacts> = {}): NodeFacts {
  return {
    nodeId: 'nl-a16-1',
    site: 'A16 southbound, km 71.4',
    version: '0.1.0',
    uptimeMs: 3 * 86_400_000,
    inhibited: null,
    cameras: [healthyCamera({ name: 'left' }), healthyCamera({ name: 'right' })],
    reader: { state: 'ready', failureCode: null },
    lists: [
      {
        authority: 'nl-police',
        id: 'stolen',
        validity: 'valid',
        generation: 1,
        version: 12,
        entries: 1234,
        ageMs: 60_000,
        acceptedVersion: 12,
      },
    ],
    refusedLists: [],
    verdicts: [],
    link: healthyLink(),
    clock: 'synchronised',
    disk: { freeBytes: 40e9, totalBytes: 60e9 },
    hitsInMemory: 0,
    ...changes,
  };
}

export function healthyCamera(changes: Partial<CameraFacts> = {}): CameraFacts {
  return {
    name: 'left',
    state: 'ok',
    worker: 'running',
    restarts: 0,
    lastFrameAgeMs: 40,
    framesPerSecond: 25,
    frames: 1_000_000,
    framesRead: 4000,
    passages: 900,
    ...changes,
  };
}

export function healthyLink(changes: Partial<LinkFacts> = {}): LinkFacts {
  return {
    brokerUrl: 'mqtts://broker.example:8883',
    connected: true,
    sinceMs: 3_600_000,
    failureCode: null,
    waiting: 0,
    oldestWaitingMs: null,
    certificateDaysLeft: 200,
    ...changes,
  };
}
