import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
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
import { canMountFailing, mountFailingDisk } from '../../sync/database/failing-disk.fixture.ts';
import { canMount, mountSmallDisk, type SmallDisk } from '../../sync/database/small-disk.fixture.ts';
import { place, TestAuthority, TestNode } from '../../sync/lists/list-world.fixture.ts';
import { Outbox } from '../../sync/uplink/outbox.ts';
import { sampleHit, samplePicture } from '../../sync/uplink/sample-hit.test-data.ts';
import { eventually } from '../../test/eventually.ts';
import { type Node, openNode } from './open-node.ts';

/** As a node leaves it that was killed: a server takes its socket away by the name that it gave it. */
async function leaveSocket(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${path}.new`, resolve));
  renameSync(`${path}.new`, path);
  await new Promise((resolve) => server.close(resolve));
}

const pictures = { plate: samplePicture(3_000), scene: samplePicture(60_000) };

describe.skipIf(!canMount())('a node on a disk that takes nothing', () => {
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

  async function startNode(socketPath = join(folder, 'console.sock'), dataFolder = disk.folder): Promise<Node> {
    const settings = nodeSettingsSchema({ folder: disk.folder }).parse({
      node: place,
      dataFolder,
      cameras: [{ name: 'north', source: { kind: 'folder', path: folder, pace: 'fast' } }],
      broker: { url: broker.url },
      keys: { nodeKeyFile: join(disk.folder, 'node.key') },
      trust: { authorities: [{ authority: 'NL', publicKeyFile: join(folder, 'NL.pem') }] },
      console: { socketPath },
    });
    const node = await openNode(
      settings,
      jsonLog((line) => events.push(JSON.parse(line).event)),
    );
    start(node);
    return node;
  }

  /** So that a lock, an audit log and lists as a node leaves them are there. */
  async function startAndStopNode(): Promise<void> {
    await startNode();
    stop.abort();
    await Promise.all(running);
    [stop, running] = [new AbortController(), []];
    events.length = 0;
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

  it('full to the last byte: lets go of its reserve, matches its lists, sends its stored hits and forgets what the centre has', async () => {
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

  it('full to the last byte: sends them when another program has taken the reserve as well, and forgets them when there is room', async () => {
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

  it('full to the last byte: sends them even when its lists must be made anew and there is no room for them', async () => {
    writeFileSync(join(disk.folder, 'lists.sqlite'), 'spoilt '.repeat(1000));
    rmSync(join(disk.folder, 'outbox.sqlite.reserve'));
    disk.fill();
    const node = await startNode();
    expect(events).toContain('list/in-memory-only');
    startCentre();
    await eventually('the hits are at the centre', () => arrived().length === stored.length);
    expect(node.state.health().lists).toEqual([]);
  });

  it.skipIf(!canMountFailing())('failing under the running node: goes on, and sends its stored hits', async () => {
    const failing = mountFailingDisk(64);
    onTestFinished(() => failing.close());
    cpSync(disk.folder, failing.folder, { recursive: true });
    const node = await startNode(undefined, failing.folder);
    failing.fail();
    startCentre();
    await eventually('the hits are at the centre', () => arrived().length === stored.length);
    expect(heldLists(node)).toEqual(['NL/stolen']);
    expect(node.state.health().outbox.hits).toBe(stored.length);
    stop.abort();
    await expect(Promise.all(running)).resolves.toBeDefined();
  });

  it('read-only: matches its lists, sends its stored hits, and forgets them when the disk is read-only no longer', async () => {
    await startAndStopNode();
    const socket = join(disk.folder, 'console.sock');
    await leaveSocket(socket);
    disk.setReadOnly(true);
    const node = await startNode(socket);
    expect(events).toEqual(expect.arrayContaining(['outbox/not-writable', 'list/in-memory-only', 'audit/not-written']));
    expect(heldLists(node)).toEqual(['NL/stolen']);
    await eventually('the console has been tried', () => events.includes('console/socket-unavailable'));
    const records = node.state.health().audit?.records ?? 0;
    expect(records).toBeGreaterThan(0);
    startCentre();
    await eventually('the hits are at the centre', () => arrived().length === stored.length);
    expect(arrived()).toEqual(stored);
    disk.setReadOnly(false);
    await eventually('the hits have their receipts', () => node.state.health().outbox.hits === 0);
    expect(events).toContain('outbox/writable-again');
    expect(node.state.health().audit?.records).toBeGreaterThan(records);
    expect(verifyAuditFolder(join(disk.folder, 'audit'), chainStart(place.id)).broken).toBeNull();
  });
});
