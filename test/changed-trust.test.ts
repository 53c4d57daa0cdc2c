import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { consoleScreen } from './console-screen.ts';
import { eventually } from './eventually.ts';
import { authority, openSite, type Running, type Site } from './site.ts';

describe('an authority whose lists a running node accepts no more', () => {
  let site: Site;
  let node: Running;

  const said = (event: string) => node.stderr().split(`"event":"${event}"`).length - 1;
  const trust = async (authorities: readonly object[]) => {
    const before = said('settings/applied');
    writeFileSync(
      site.nodeConfig,
      stringify({ ...parse(readFileSync(site.nodeConfig, 'utf8')), trust: { authorities } }),
    );
    node.child.kill('SIGHUP');
    await eventually('the settings are taken over', () => said('settings/applied') > before);
  };
  const lists = () => consoleScreen(join(site.dataFolder, 'console.sock'), ['lists']);

  beforeAll(async () => {
    site = await openSite({ scene: 'day', seconds: 3 });
    await site.publishList(['1ABC234']);
    node = site.start('anpr-node', 'run', '--config', site.nodeConfig);
    await eventually('the list matches', () => said('list/applied') === 1);
  }, 120_000);
  afterAll(() => site?.close());

  it('has its lists forgotten at once, and fetched again when it is trusted again, while the cameras go on', async () => {
    const { authorities } = parse(readFileSync(site.nodeConfig, 'utf8')).trust;
    expect(await lists()).toContain(`${authority}/stolen`);
    await trust([]);
    while ((await lists()).includes(`${authority}/stolen`));
    await trust(authorities);
    await eventually('the list matches again', () => said('list/applied') === 2);
    expect(await lists()).toContain(`${authority}/stolen`);
    expect(said('camera-worker/restarting')).toBe(0);
    expect(await node.stop()).toBe(0);
  }, 60_000);
});
