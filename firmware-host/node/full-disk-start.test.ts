import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jsonLog } from '../../config/foundation/log.ts';
import type { Service } from '../../config/foundation/service.ts';
import { nodeSettingsSchema } from '../../config/node-settings.ts';
import { type AuditRecord, chainStart } from '../../sync/audit/audit-chain.ts';
import { verifyAuditFolder } from '../../sync/audit/audit-files.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from '../../sync/broker/embedded-broker.ts';
import { MemoryBroker } from '../../sync/broker/memory-link.ts';
import { MqttLink } from '../../sync/broker/mqtt-link.ts';
import { Receiver } from '../../sync/central/receiver.ts';
import { SqliteHitStore } from '../../sync/central/sqlite-hit-store.ts';
import { canMount, mountSmallDisk, type SmallDisk } from '../../sync/database/small-disk.fixture.ts';
import { place, TestAuthority, TestNode } from '../../sync/lists/list-world.fixture.ts';
import { Outbox } from '../../sync/uplink/outbox.ts';
import { sampleHit, samplePicture } from '../../sync/uplink/sample-hit.test-data.ts';
import { eventually } from '../../test/eventually.ts';
import { type Node, openNode } from './open-node.ts';

const pictures = { plate: samplePicture(3_000), scene: samplePicture(60_000) };

describe.skipIf(!canMount())('a node that starts on a disk that is full to the last byte', () => {
  let disk: SmallDisk;
  let broker: EmbeddedBroker;
  /** On another disk: pictures for the camera, keys. */
  let folder: string;
  let events: string[];
  let stop: AbortController;
  let running: Promise<void>[];
  let stored: readonly string[];
  let received: Set<string>;
  let store: SqliteHitStore;

  /** A data folder as a node leaves it that had no link: a list, an audit log and hits that wait. */
  beforeEach(async () => {
    disk = mountSmallDisk(40);
    broker = await startEmbeddedBroker();
    folder = mkdtempSync(join(tmpdir(), 'hazeldonk-full-'));
    events = [];
    stop = new AbortController();
    running = [];
    const lists = new MemoryBroker();
    const authority = new TestAuthority();
    writeFileSync(join(folder, 'NL.pem'), authority.publicKey.export({ type: 'spki', format: 'pem' }));
    const node = (await TestNode.open({ folder: disk.folder, link: lists.link(), authorities: [authority] })).start();
    await authority.build(['1-ABC-123,B,r1']);
    await authority.publish(lists.link(), [node.key.publicKey]);
    await node.until(() => node.applied.length === 1);
    await node.stop();
    mkdirSync(join(disk.folder, 'audit'));
    const outbox = Outbox.open(join(disk.folder, 'outbox.sqlite'), { diskBudgetBytes: 1e9 });
    const hits = Array.from({ length: 20 }, (_, at) => sampleHit({ node: place.id, timeMs: at, evidence: pictures }));
    for (const hit of hits) outbox.append(hit, pictures);
    outbox.close();
    stored = hits.map((hit) => hit.id).sort();
    received = new Set();
    store = SqliteHitStore.open(':memory:');
  });
  afterEach(async () => {
    stop.abort();
    await Promise.all(running);
    store.close();
    await broker.close();
    disk.close();
    rmSync(folder, { recursive: true });
  });

  function start(service: Service): void {
    running.push(service.run(stop.signal));
  }

  async function startNode(): Promise<Node> {
    const settings = nodeSettingsSchema({ folder: disk.folder }).parse({
      node: place,
      dataFolder: disk.folder,
      cameras: [{ name: 'north', source: { kind: 'folder', path: folder, pace: 'fast' } }],
      broker: { url: broker.url },
      keys: { nodeKeyFile: join(disk.folder, 'node.key') },
      trust: { authorities: [{ authority: 'NL', publicKeyFile: join(folder, 'NL.pem') }] },
      console: { socketPath: join(folder, 'console.sock') },
    });
    const node = await openNode(
      settings,
      jsonLog((line) => events.push(JSON.parse(line).event)),
    );
    start(node);
    return node;
  }

  function startCentre(): void {
    const link = new MqttLink({ url: broker.url });
    start(new Receiver({ link, store, onHit: (hit) => void received.add(hit.id) }));
    start(link);
  }

  /** Hits of whose receipts the audit log tells. */
  const receiptsIn = (part: string): readonly string[] =>
    readFileSync(part, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line): AuditRecord => JSON.parse(line))
      .filter(({ event }) => event === 'hit/received')
      .flatMap(({ facts }) => String(facts.ids).split(' '))
      .sort();
  const heldLists = (node: Node): readonly string[] => node.state.health().lists.map(({ list }) => list);
  const arrived = (): readonly string[] => [...received].sort();

  it('lets go of its reserve, matches its lists, sends its stored hits and forgets what the centre has', async () => {
    disk.fill();
    const node = await startNode();
    startCentre();
    await eventually('the hits have their receipts', () => node.state.health().outbox.hits === 0);
    expect(arrived()).toEqual(stored);
    expect(heldLists(node)).toEqual(['NL/stolen']);
    expect(events).toContain('outbox/disk-full');
    expect(events).not.toContain('audit/not-written');
    const audit = join(disk.folder, 'audit');
    expect(verifyAuditFolder(audit, chainStart(place.id)).broken).toBeNull();
    expect(receiptsIn(join(audit, 'audit-000001.jsonl'))).toEqual(stored);
  });

  it('sends them when another program has taken the reserve as well, and forgets them when there is room', async () => {
    rmSync(join(disk.folder, 'outbox.sqlite.reserve'));
    disk.fill();
    const node = await startNode();
    expect(heldLists(node)).toEqual(['NL/stolen']);
    startCentre();
    await eventually('the hits are at the centre', () => arrived().length === stored.length);
    expect(arrived()).toEqual(stored);
    disk.clear();
    await eventually('the hits have their receipts', () => node.state.health().outbox.hits === 0);
    expect(arrived()).toEqual(stored);
  });

  it('sends them even when its lists must be made anew and there is no room for them', async () => {
    writeFileSync(join(disk.folder, 'lists.sqlite'), 'spoilt '.repeat(1000));
    rmSync(join(disk.folder, 'outbox.sqlite.reserve'));
    disk.fill();
    const node = await startNode();
    expect(events).toContain('list/in-memory-only');
    startCentre();
    await eventually('the hits are at the centre', () => arrived().length === stored.length);
    expect(node.state.health().lists).toEqual([]);
  });
});
