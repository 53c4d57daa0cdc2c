import { HelperProcess } from '../../../config/foundation/helper-process.ts';
import { startMosquitto } from '../../broker/start-mosquitto.ts';
import { withBroker } from '../../broker/with-broker.ts';
import type { BenchHelper, FleetRole } from './bench-messages.ts';
import { type Quantiles, quantilesOf } from './bench-messages.ts';
import { onInterrupt } from './on-interrupt.ts';
import { SyntheticCentre } from './publish-synthetic.ts';
import { type Blob, SyntheticList } from './synthetic-list.ts';

export interface FleetMeasurement {
  readonly childFile: string;
  readonly clients: number;
  readonly entries: number;
  readonly changes: number;
  readonly onProgress: (text: string) => void;
}

export interface FleetFigures {
  readonly clients: number;
  readonly entries: number;
  readonly changes: number;
  /** From the first message of the centre to matching, over all nodes. */
  readonly liveSeconds: Quantiles;
  /** Processor time that the change cost each node, however busy the machine is with other things. */
  readonly cpuMsPerNode: number;
}

/** Nodes share a few processes: each is a true client of the broker, but a core a node there is not. */
const processes = 2;

/** Many nodes at one broker: how long after a change at the centre the last of them matches it. */
export async function measureFleet(measurement: FleetMeasurement): Promise<FleetFigures> {
  const { childFile, clients, entries, changes, onProgress } = measurement;
  const broker = await startMosquitto(['max_queued_messages 10000']);
  const list = new SyntheticList('fleet', entries, 0);
  const publicKey = list.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const share = Math.ceil(clients / processes);
  const roles = Array.from(
    { length: processes },
    (_, n): FleetRole => ({
      role: 'fleet',
      brokerUrl: broker.url,
      firstClient: n * share,
      clients: Math.min(share, clients - n * share),
      trusted: [{ authority: list.authority, publicKey }],
    }),
  );
  onProgress(`connecting ${clients} nodes`);
  const fleets = roles.map((role): BenchHelper => new HelperProcess(childFile, role));
  const leave = onInterrupt(() => {
    for (const fleet of fleets) void fleet.end('SIGKILL');
    void broker.close();
  });
  const allApplied = async (version: number): Promise<number[]> => {
    const times = fleets.map(async (fleet, n) => {
      const atMs: number[] = [];
      while (atMs.length < (roles[n]?.clients ?? 0)) {
        atMs.push((await fleet.told('applied', (one) => one.version === version)).atMs);
      }
      return atMs;
    });
    return (await Promise.all(times)).flat();
  };
  try {
    return await withBroker({ url: broker.url }, async (link) => {
      const centre = new SyntheticCentre(link, list);
      const keys = (await Promise.all(fleets.map((fleet) => fleet.told('ready')))).flatMap((ready) => ready.keys);
      onProgress(`bringing the list to ${clients} nodes`);
      for (const key of keys) await centre.grant(key);
      await centre.publishManifest(await centre.publishBlobs((publish) => list.snapshot(publish)));
      await allApplied(1);
      const made: Blob[] = [];
      const signed = await list.delta(changes, async (blob) => void made.push(blob));
      onProgress('publishing a change');
      const cpuBefore = await cpuSecondsOf(fleets);
      const fromMs = Date.now();
      await centre.publishBlobs(async (publish) => {
        for (const blob of made) await publish(blob);
        return signed;
      });
      await centre.publishManifest(signed);
      const seconds = (await allApplied(2)).map((atMs) => (atMs - fromMs) / 1000);
      const cpuMsPerNode = ((await cpuSecondsOf(fleets)) - cpuBefore) * (1000 / clients);
      return { clients, entries, changes, liveSeconds: quantilesOf(seconds), cpuMsPerNode };
    });
  } finally {
    leave();
    for (const fleet of fleets) await fleet.end('SIGKILL');
    await broker.close();
  }
}

async function cpuSecondsOf(fleets: readonly BenchHelper[]): Promise<number> {
  for (const fleet of fleets) fleet.ask({ ask: 'cpu' });
  const told = await Promise.all(fleets.map((fleet) => fleet.told('cpu')));
  return told.reduce((sum, { seconds }) => sum + seconds, 0);
}
