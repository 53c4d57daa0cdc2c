import { mkdtempSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { HelperProcess } from '../../../config/foundation/helper-process.ts';
import { startMosquitto } from '../../broker/start-mosquitto.ts';
import { withBroker } from '../../broker/with-broker.ts';
import type { BenchHelper, NodeRole, Observed, Quantiles } from './bench-messages.ts';
import { onInterrupt } from './on-interrupt.ts';
import { SyntheticCentre } from './publish-synthetic.ts';
import { type Blob, SyntheticList } from './synthetic-list.ts';

export interface NodeMeasurement {
  readonly childFile: string;
  readonly writerFile: string;
  readonly entries: number;
  readonly changes: number;
  /** Lists that match while the large one is applied. */
  readonly otherLists: number;
  readonly onProgress: (text: string) => void;
}

export interface NodeFigures {
  readonly entries: number;
  readonly megabytes: number;
  readonly applySeconds: number;
  readonly applyCpuSeconds: number;
  readonly peakRssMb: number;
  /** 64 spellings in `otherLists` lists while the large one is applied. */
  readonly lookUpWhileApplyingMs: Quantiles;
  readonly waitWhileApplyingMs: Quantiles;
  /** The same afterwards, the large list among them. */
  readonly lookUpMs: Quantiles;
  readonly deltaChanges: number;
  /** From the first message of the centre to matching. */
  readonly deltaSeconds: number;
  readonly restartSeconds: number;
}

/** Entries of each of the other lists. */
const otherEntries = 100_000;

/** One node, one broker, one large list: apply, change, restart. Cleans up after itself. */
export async function measureNode(measurement: NodeMeasurement): Promise<NodeFigures> {
  const { childFile, entries, onProgress } = measurement;
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-bench-'));
  const broker = await startMosquitto(['max_inflight_messages 64', 'max_queued_messages 10000']);
  // A gantry's broker stands elsewhere and takes none of its processors; here it goes behind the node.
  setPriority(broker.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  const large = new SyntheticList('large', entries, 0);
  const others = Array.from({ length: measurement.otherLists }, (_, n) => {
    return new SyntheticList(`other-${n}`, Math.min(otherEntries, entries), 3_000_000 + n * 10_000);
  });
  const role = (probePlate: string | null): NodeRole => ({
    role: 'node',
    folder,
    brokerUrl: broker.url,
    writerFile: measurement.writerFile,
    probePlate,
    trusted: [large, ...others].map((list) => ({
      authority: list.authority,
      publicKey: list.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    })),
  });
  let node: BenchHelper = new HelperProcess(childFile, role(null));
  // A broker with a gigabyte in memory and a database as large must not be left behind.
  const leave = onInterrupt(() => {
    void node.end('SIGKILL');
    void broker.close();
    rmSync(folder, { recursive: true, force: true });
  });
  try {
    return await withBroker({ url: broker.url }, async (link) => {
      const [key] = (await node.told('ready')).keys;
      if (key === undefined) throw new Error('a node has a key');
      for (const list of others) {
        const centre = new SyntheticCentre(link, list);
        await centre.grant(key);
        await centre.publishManifest(await centre.publishBlobs((publish) => list.snapshot(publish)));
        await node.told('applied', ({ authority }) => authority === list.authority);
      }
      const centre = new SyntheticCentre(link, large);
      const applied = await apply({ ...measurement, node, centre, large, key });
      node.ask({ ask: 'look-ups', count: Math.min(2000, entries) });
      const lookUpMs = (await node.told('look-ups')).ms;
      const deltaSeconds = await change(measurement, node, centre, large);
      await node.end();
      onProgress('restarting the node');
      node = new HelperProcess(childFile, role(large.listedPlate(1)));
      const { probed } = await node.told('ready');
      const restartSeconds = (Date.now() - node.startedMs) / 1000;
      if (!probed) throw new Error('the node does not match after a restart');
      return { entries, ...applied, lookUpMs, deltaChanges: measurement.changes, deltaSeconds, restartSeconds };
    });
  } finally {
    leave();
    await node.end('SIGKILL');
    await broker.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function apply({
  node,
  centre,
  large,
  key,
  onProgress,
}: NodeMeasurement & {
  readonly node: BenchHelper;
  readonly centre: SyntheticCentre;
  readonly large: SyntheticList;
  readonly key: Parameters<SyntheticCentre['grant']>[0];
}) {
  const sentBefore = centre.bytesSent;
  const signed = await centre.publishBlobs((publish) =>
    large.snapshot(publish, (done) => onProgress(`publishing ${done} of ${large.entries} entries`)),
  );
  const megabytes = (centre.bytesSent - sentBefore) / 1e6;
  await centre.grant(key);
  onProgress('applying on the node');
  node.ask({ ask: 'observe' });
  const from = Date.now();
  await centre.publishManifest(signed);
  const { atMs } = await node.told('applied', ({ authority }) => authority === large.authority);
  node.ask({ ask: 'observed' });
  const { observed } = await node.told('observed');
  await expectMatches(
    node,
    Array.from({ length: 100 }, (_, n) => large.listedPlate(n)),
    100,
  );
  const { lookUpMs, waitMs, cpuSeconds, peakRssMb }: Observed = observed;
  return {
    megabytes,
    applySeconds: (atMs - from) / 1000,
    applyCpuSeconds: cpuSeconds,
    peakRssMb,
    lookUpWhileApplyingMs: lookUpMs,
    waitWhileApplyingMs: waitMs,
  };
}

async function change(
  { changes, onProgress }: NodeMeasurement,
  node: BenchHelper,
  centre: SyntheticCentre,
  large: SyntheticList,
): Promise<number> {
  onProgress('applying a delta');
  // Sealing belongs to the build; what counts here begins when the centre publishes.
  const made: Blob[] = [];
  const signed = await large.delta(changes, async (blob) => void made.push(blob));
  const from = Date.now();
  await centre.publishBlobs(async (publish) => {
    for (const blob of made) await publish(blob);
    return signed;
  });
  await centre.publishManifest(signed);
  const { atMs } = await node.told('applied', ({ authority }) => authority === large.authority);
  await expectMatches(node, [large.addedPlate(0), large.addedPlate(changes - 2), large.listedPlate(0)], 2);
  return (atMs - from) / 1000;
}

async function expectMatches(node: BenchHelper, plates: readonly string[], expected: number): Promise<void> {
  node.ask({ ask: 'match', plates });
  const { matched } = await node.told('matched');
  if (matched !== expected) throw new Error(`${matched} of ${expected} listed plates match`);
}
