import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { topics } from '../sync/broker/topics.ts';
import { eventually } from './eventually.ts';
import { openSite, type Running, type Site } from './site.ts';

describe('a node in a country without a legal basis', () => {
  let site: Site;
  let node: Running;

  const healths = () =>
    site.messages
      .filter(({ topic }) => topic === topics.health('test-node'))
      .map(({ payload }) => JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>);

  beforeAll(async () => {
    site = await openSite({ scene: 'day', seconds: 3, country: 'LU' });
    await site.publishList(site.truth.vehicles.map((vehicle) => vehicle.text));
    node = site.start('anpr-node', 'run', '--config', site.nodeConfig);
    await eventually('the node says how it is', () => healths().length > 0);
  }, 60_000);

  afterAll(async () => {
    await site?.close();
  });

  it('starts, and says in its health why it reads nothing', () => {
    expect(node.child.exitCode).toBeNull();
    expect(healths()[0]).toMatchObject({ inhibited: 'inhibited: no legal basis', cameras: [], lists: [] });
  });

  it('opens no camera and loads no list', async () => {
    expect(await node.stop()).toBe(0);
    expect(node.stderr()).toContain('"node/inhibited"');
    expect(node.stderr()).not.toContain('camera-worker');
    expect(node.stderr()).not.toContain('list/applied');
    expect(site.messages.filter(({ topic }) => topic === topics.hits('test-node'))).toEqual([]);
  });
});
