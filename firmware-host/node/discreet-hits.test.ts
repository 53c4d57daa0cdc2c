import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { jsonLog } from '../../config/foundation/log.ts';
import { nodeSettingsSchema } from '../../config/node-settings.ts';
import { makeNodeKey } from '../../sync/lists/sealing/node-key.ts';
import { Outbox } from '../../sync/uplink/outbox.ts';
import { sampleHit, samplePicture } from '../../sync/uplink/sample-hit.test-data.ts';
import { openNode } from './open-node.ts';

const pictures = { plate: samplePicture(1_000), scene: samplePicture(5_000) };

/** A data folder with a damaged outbox, in which three hits wait that ask for a discreet check and two that do not. */
async function damagedSite() {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-discreet-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'outbox.sqlite');
  const outbox = Outbox.open(file, { diskBudgetBytes: 1e8 });
  for (const action of ['discreet-check', 'stop', 'discreet-check', 'stop', 'discreet-check'] as const)
    outbox.append(sampleHit({ action, evidence: pictures }), pictures);
  outbox.close();
  writeFileSync(file, Buffer.alloc(16, 0xa5), { flag: 'r+' });
  mkdirSync(join(folder, 'audit'));
  const place = { id: 'gantry-7', site: 'hazeldonk', country: 'LU' } as const;
  await makeNodeKey(join(folder, 'node.key'), place);
  return nodeSettingsSchema({ folder }).parse({
    node: place,
    dataFolder: folder,
    cameras: [{ name: 'north', source: { kind: 'folder', path: folder, pace: 'fast' } }],
    broker: { url: 'mqtt://127.0.0.1:1' },
    keys: { nodeKeyFile: join(folder, 'node.key') },
    trust: { authorities: [] },
    console: { socketPath: join(folder, 'console.sock') },
  });
}

it('counts no discreet hit in its log, its audit log or the funnel of its health', async () => {
  const settings = await damagedSite();
  const lines: string[] = [];
  const node = await openNode(
    settings,
    jsonLog((line) => lines.push(line)),
  );
  const health = node.state.health();
  const stop = new AbortController();
  const running = node.run(stop.signal);
  stop.abort();
  await running;
  const audit = join(settings.dataFolder, 'audit');
  const records = readdirSync(audit).flatMap((name) => readFileSync(join(audit, name), 'utf8').trimEnd().split('\n'));
  const said = [...lines, ...records].map((line): Record<string, unknown> => JSON.parse(line));
  const of = (event: string) =>
    said
      .filter((one) => one.event === event)
      .map(({ facts, level: _level, time: _time, event: _event, ...fields }) => facts ?? fields);
  expect(of('outbox/salvaged')).toEqual([{ setAside: expect.any(String), openHits: 2 }, { openHits: 2 }]);
  expect(of('node/stopped')).toEqual([{ passages: 0 }, { passages: 0 }]);
  expect(Object.keys(health.funnel)).not.toContain('hits');
  // The centre must see what waits there, whatever it is.
  expect(health.outbox).toMatchObject({ hits: 5, pictures: 10 });
});
