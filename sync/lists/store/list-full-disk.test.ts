import { expect, it, onTestFinished } from 'vitest';
import type { Log } from '../../../config/foundation/log.ts';
import { MemoryBroker } from '../../broker/memory-link.ts';
import { canMount, mountSmallDisk } from '../../database/small-disk.fixture.ts';
import { TestAuthority, TestNode } from '../list-world.fixture.ts';

const rows = Array.from({ length: 3_000 }, (_, n) => `1-ABC-${100 + n},B,r${n}`);

it.skipIf(!canMount())(
  'a list that finds no room is fetched on once there is some, and the last one matches until then',
  async () => {
    const disk = mountSmallDisk(12);
    onTestFinished(() => disk.close());
    const said: string[] = [];
    const log: Log = { event: (_, event) => said.push(event) };
    const broker = new MemoryBroker();
    const authority = new TestAuthority();
    const options = { folder: disk.folder, link: broker.link(), authorities: [authority], log, lookAgainMs: 5 };
    const node = (await TestNode.open(options)).start();
    await authority.build(rows.slice(0, 10));
    await authority.publish(broker.link(), [node.key.publicKey]);
    await node.until(() => node.applied.length === 1);
    disk.fill();
    await authority.build(rows);
    await authority.publish(broker.link(), [node.key.publicKey]);
    await expect.poll(() => said, { timeout: 10_000 }).toContain('list/disk-full');
    expect(node.matching('1ABC100', 'B')[0]?.list.version).toBe(1);
    disk.clear();
    await expect.poll(() => node.applied.length, { timeout: 10_000 }).toBe(2);
    expect(node.matching('1ABC2000', 'B')[0]?.list.version).toBe(2);
  },
);
