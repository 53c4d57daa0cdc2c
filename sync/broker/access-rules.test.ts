import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { installationRoot } from '../../config/foundation/installation.ts';
import { jsonLog } from '../../config/foundation/log.ts';
import { FleetBoard } from '../central/fleet/fleet-board.ts';
import { gatherRetained } from '../central/fleet/gather-retained.ts';
import { eraseNodeAt } from '../central/fleet/strike-off.ts';
import { Receiver } from '../central/receiver.ts';
import { SqliteHitStore } from '../central/sqlite-hit-store.ts';
import { VerifyingOpener } from '../central/verification/hit-opener.ts';
import { KnownNodes } from '../central/verification/known-nodes.ts';
import { enrolledNode, temporaryFolder } from '../central/verification/signed-world.fixture.ts';
import { Outbox } from '../uplink/outbox.ts';
import { presenceWill } from '../uplink/presence.ts';
import { Publisher } from '../uplink/publisher.ts';
import { sampleHit, samplePicture } from '../uplink/sample-hit.test-data.ts';
import { accessCases, type Client, everyTopic } from './access-cases.test-data.ts';
import { inbox } from './broker-link.contract.ts';
import { TestAuthority } from './certificates.fixture.ts';
import { MqttLink } from './mqtt-link.ts';
import { freePort, mosquittoInstalled, startMosquittoAs } from './start-mosquitto.ts';
import { topics } from './topics.ts';
import { withBroker } from './with-broker.ts';

const rules = join(installationRoot(), 'config', 'broker');
const once = { qos: 1, deadlineMs: 5_000 } as const;
const content = Buffer.from('x');

describe.skipIf(!mosquittoInstalled())('the rules for Mosquitto that come with the product', () => {
  let folder: string;
  let close: () => Promise<void>;
  let urls: Readonly<Record<Client['side'] | 'open', string>>;
  const authorities = new Map<Client['side'], TestAuthority>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hazeldonk-rules-'));
    const nodes = new TestAuthority(folder, 'nodes-ca');
    const centre = new TestAuthority(folder, 'centre-ca');
    authorities.set('nodes', nodes).set('centre', centre);
    const server = nodes.server('broker');
    const [centrePort, openPort] = [await freePort(), await freePort()];
    const broker = await startMosquittoAs((port) => {
      const shipped = readFileSync(join(rules, 'mosquitto.conf'), 'utf8')
        .replace('listener 8883', `listener ${port} 127.0.0.1`)
        .replace('listener 8884', `listener ${centrePort} 127.0.0.1`)
        .replaceAll('/etc/mosquitto/hazeldonk/nodes-ca.pem', nodes.caFile)
        .replaceAll('/etc/mosquitto/hazeldonk/centre-ca.pem', centre.caFile)
        .replaceAll('/etc/mosquitto/hazeldonk/broker.pem', server.certificateFile)
        .replaceAll('/etc/mosquitto/hazeldonk/broker-key.pem', server.keyFile)
        .replaceAll('/etc/mosquitto/hazeldonk', rules)
        .replaceAll('/var/lib/mosquitto', folder);
      // A door of the test's own, without rules, from which it sees and sends everything.
      return ['user root', shipped, `listener ${openPort} 127.0.0.1`, 'allow_anonymous true'];
    }, 'mqtts');
    close = () => broker.close();
    urls = {
      nodes: broker.url,
      centre: `mqtts://127.0.0.1:${centrePort}`,
      open: `mqtt://127.0.0.1:${openPort}`,
    };
  });
  afterAll(async () => {
    await close?.();
    rmSync(folder, { recursive: true, force: true });
  });

  const optionsOf = ({ name, side }: Client) => ({
    url: urls[side],
    caFile: authorities.get('nodes')?.caFile,
    ...authorities.get(side)?.client(name, { file: `${side}-${name.replaceAll('/', '_')}` }),
  });
  const titled = accessCases.map((one) => [`${one.client.name} of the ${one.client.side}`, one] as const);

  it.each(titled)('let %s publish what is its own, and nothing else', async (_, { client, publishes }) => {
    await withBroker({ url: urls.open }, async (observer) => {
      const seen = inbox(observer, '#');
      await withBroker(optionsOf(client), async (link) => {
        for (const topic of everyTopic) await link.publish(topic, content, once);
      });
      await observer.publish('the/end', content, once);
      const arrived: string[] = [];
      for (let topic = ''; topic !== 'the/end'; arrived.push(topic)) topic = (await seen.next()).topic;
      expect(arrived.slice(0, -1)).toEqual(everyTopic.filter((topic) => publishes.includes(topic)));
    });
  });

  it.each(titled)('let %s read what is its own, and nothing else', async (_, { client, reads }) => {
    await withBroker({ url: urls.open }, async (observer) => {
      await withBroker(optionsOf(client), async (link) => {
        const seen = inbox(link, '#');
        await link.publish('nowhere', content, once);
        for (const topic of everyTopic) await observer.publish(topic, content, once);
        // Answers come in order: what was to arrive has arrived before this one.
        await link.publish('nowhere', content, once);
        const all = everyTopic.filter((topic) => reads.includes(topic));
        expect(seen.arrived.map((one) => one.topic)).toEqual(all);
      });
    });
  });

  it.each(['+', '#', 'gantry-7/../gantry-8', '%u'])('give nothing to a certificate named %s', async (name) => {
    await withBroker({ url: urls.open }, async (observer) => {
      const attempt = withBroker({ ...optionsOf({ name, side: 'nodes' }), connectDeadlineMs: 2_000 }, async (link) => {
        const seen = inbox(link, '#');
        await link.publish('nowhere', content, once);
        for (const topic of everyTopic) await observer.publish(topic, content, once);
        await link.publish('nowhere', content, once);
        return seen.arrived.filter(({ topic }) => topic.includes('/nodes/')).length;
      }).catch((fault) => fault.code);
      expect(await attempt).toBeOneOf([0, 'broker/no-answer', 'broker/not-authorised', 'broker/connection-lost']);
    });
  });

  it('let a node and a centre do all their work: a signed hit with its pictures, receipts and presence', async () => {
    const register = temporaryFolder();
    const { sealer } = await enrolledNode('gantry-7', { register });
    const stop = new AbortController();
    const identity = { node: 'gantry-7', site: 'a16', software: '1', startedAt: '2026-05-01T12:00:00.000Z' };
    const lastWill = presenceWill(identity);
    const own = new MqttLink({ ...optionsOf({ name: 'gantry-7', side: 'nodes' }), clientId: 'gantry-7', lastWill });
    const central = new MqttLink(optionsOf({ name: 'centre', side: 'centre' }));
    const store = SqliteHitStore.open(':memory:');
    const opener = new VerifyingOpener(KnownNodes.inFolder(register));
    const outbox = Outbox.open(join(temporaryFolder(), 'outbox.sqlite'), { diskBudgetBytes: 1e8 });
    const services = [
      own,
      central,
      new Receiver({ link: central, store, opener }),
      new Publisher({ node: 'gantry-7', link: own, outbox }),
    ];
    const running = services.map((service) => service.run(stop.signal));
    const pictures = { plate: samplePicture(2_000, 1), scene: samplePicture(90_000, 2) };
    const hit = sampleHit({ evidence: pictures });
    outbox.append(hit, pictures, (await sealer.seal(hit, pictures)).body);
    await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ hitsReceived: 1, picturesReceived: 2 }), 20_000);
    expect((await store.hit(hit.id))?.hit).toEqual(hit);
    stop.abort();
    await Promise.all(running);
    await withBroker(optionsOf({ name: 'centre', side: 'centre' }), async (watcher) => {
      const said = await inbox(watcher, topics.presence('gantry-7')).next();
      expect(JSON.parse(String(said.payload))).toMatchObject({ state: 'stopped' });
    });
    outbox.close();
    await store.close();
  });

  it('let fleet see what was published and erase what is left of a node; whoever may not is told so', async () => {
    const manifest = topics.listManifest('NL', 'stolen');
    const left = [
      topics.listKey('gantry-9', 'NL', 'stolen', 1),
      topics.presence('gantry-9'),
      topics.health('gantry-9'),
    ];
    const retained = { ...once, retain: true } as const;
    await withBroker({ url: urls.open }, async (observer) => {
      for (const topic of [...left, manifest]) await observer.publish(topic, content, retained);
      const seenBy = async (link: MqttLink, filters: readonly string[]) => {
        const seen = new Set<string>();
        await gatherRetained(link, filters, ({ topic }) => seen.add(topic));
        return [...seen].filter((topic) => topic === manifest || topic.includes('/gantry-9/')).sort();
      };
      const erasing = (name: string) =>
        withBroker(optionsOf({ name, side: 'centre' }), (link) => eraseNodeAt(link, 'gantry-9'));
      for (const name of ['centre', 'lists'])
        await expect(erasing(name)).rejects.toMatchObject({
          code: 'fleet/not-erased',
          message: expect.stringContaining('the client that may'),
        });
      expect(await seenBy(observer, ['hazeldonk/v1/#'])).toEqual([...left, manifest].sort());
      await withBroker(optionsOf({ name: 'fleet', side: 'centre' }), async (link) => {
        expect(await seenBy(link, FleetBoard.filters)).toEqual([...left.slice(1), manifest].sort());
      });
      expect(await erasing('fleet')).toBe(3);
      expect(await seenBy(observer, ['hazeldonk/v1/#'])).toEqual([manifest]);
      await observer.publish(manifest, new Uint8Array(), retained);
    });
  });

  it('let no node push another off by taking its client id', async () => {
    const lines: string[] = [];
    const log = jsonLog((line) => lines.push(line));
    const link = new MqttLink({ ...optionsOf({ name: 'gantry-7', side: 'nodes' }), clientId: 'gantry-7', log });
    const stop = new AbortController();
    const running = link.run(stop.signal);
    await new Promise<void>((resolve) => link.onConnected(resolve));
    await withBroker({ ...optionsOf({ name: 'gantry-70', side: 'nodes' }), clientId: 'gantry-7' }, async (thief) => {
      expect(await thief.publish('nowhere', content, once)).toBe('acknowledged');
      expect(await link.publish('nowhere', content, once)).toBe('acknowledged');
    });
    expect(lines.join('')).not.toContain('broker/disconnected');
    stop.abort();
    await running;
  });

  it('take nobody without a certificate, nor one of the other side', async () => {
    const connecting = (options: object) =>
      withBroker({ url: urls.nodes, connectDeadlineMs: 2_000, ...options }, async () => 'connected').catch(
        (fault) => fault.code,
      );
    const { url: _, ...centre } = optionsOf({ name: 'centre', side: 'centre' });
    expect(await connecting({ caFile: centre.caFile })).toMatch(/^broker\//);
    expect(await connecting(centre)).toMatch(/^broker\//);
    expect(await connecting({ ...optionsOf({ name: 'gantry-7', side: 'nodes' }) })).toBe('connected');
  });

  it('pass over what is not theirs without ending the connection of a node that asks for it', async () => {
    const seen = vi.fn();
    await withBroker(optionsOf({ name: 'gantry-7', side: 'nodes' }), async (link) => {
      link.subscribe('hazeldonk/v1/nodes/gantry-70/receipts', seen);
      expect(await link.publish('hazeldonk/v1/nodes/gantry-70/hits', content, once)).toBe('acknowledged');
      expect(link.connected).toBe(true);
    });
    expect(seen).not.toHaveBeenCalled();
  });
});
