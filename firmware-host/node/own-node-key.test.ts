import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { silentLog } from '../../config/foundation/log.ts';
import { nodeSettingsSchema } from '../../config/node-settings.ts';
import { makeNodeKey } from '../../sync/lists/sealing/node-key.ts';
import { openNode } from './open-node.ts';

it('a node does not start with the key of another, and has opened nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-key-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const place = { site: 'A16', country: 'NL' } as const;
  await makeNodeKey(join(folder, 'node.key'), { id: 'gantry-8', ...place });
  const settings = nodeSettingsSchema({ folder }).parse({
    node: { id: 'gantry-7', ...place },
    dataFolder: 'data',
    cameras: [{ name: 'north', source: { kind: 'folder', path: folder, pace: 'fast' } }],
    broker: { url: 'mqtt://127.0.0.1:1' },
    keys: { nodeKeyFile: 'node.key' },
    trust: { authorities: [] },
  });
  await expect(openNode(settings, silentLog)).rejects.toMatchObject({
    code: 'node-key/of-another-node',
    message: expect.stringMatching(/is the key of gantry-8, not of gantry-7: set it aside and enrol this node/),
  });
  expect(existsSync(settings.dataFolder)).toBe(false);
});
