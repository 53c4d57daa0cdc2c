import { describe } from 'vitest';
import { type BrokerHarness, brokerLinkContract } from './broker-link.contract.ts';
import { startEmbeddedBroker } from './embedded-broker.ts';
import { MqttLink } from './mqtt-link.ts';
import { mosquittoInstalled, startMosquitto } from './start-mosquitto.ts';

interface Outages {
  readonly url: string;
  sever(): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

brokerLinkContract('MQTT.js with Aedes', () => harness(aedes));

describe.skipIf(!mosquittoInstalled())('with the real broker', () => {
  brokerLinkContract('MQTT.js with Mosquitto', () => harness(mosquitto));
});

async function harness(start: () => Promise<Outages>): Promise<BrokerHarness> {
  const broker = await start();
  const stops: AbortController[] = [];
  const links: MqttLink[] = [];
  const running: Promise<void>[] = [];
  return {
    async link() {
      const link = new MqttLink({ url: broker.url, reconnectFirstMs: 20, reconnectLongestMs: 50 });
      links.push(link);
      const stop = new AbortController();
      stops.push(stop);
      running.push(link.run(stop.signal));
      await connected(link);
      return link;
    },
    async sever() {
      const gone = links.map(disconnected);
      await broker.sever();
      await Promise.all(gone);
    },
    async restore() {
      await broker.restore();
      await Promise.all(links.map(connected));
    },
    async close() {
      for (const stop of stops) stop.abort();
      await Promise.all(running);
      await broker.close();
    },
  };
}

async function connected(link: MqttLink): Promise<void> {
  await new Promise<void>((resolve) => link.onConnected(resolve));
}

/** A publication that never gets its answer settles when the link notices the end. */
async function disconnected(link: MqttLink): Promise<void> {
  while (link.connected) await link.publish('probe', new Uint8Array(), { qos: 1, deadlineMs: 100 });
}

async function aedes(): Promise<Outages> {
  let broker = await startEmbeddedBroker();
  const { port, url } = broker;
  return {
    url,
    sever: () => broker.close(),
    async restore() {
      broker = await startEmbeddedBroker({ port });
    },
    close: () => broker.close(),
  };
}

async function mosquitto(): Promise<Outages> {
  const broker = await startMosquitto();
  return { url: broker.url, sever: () => broker.kill(), restore: () => broker.restart(), close: () => broker.close() };
}
