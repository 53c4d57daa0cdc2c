import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { jsonLog } from '../../config/foundation/log.ts';
import { inbox } from './broker-link.contract.ts';
import { type CertificateFiles, TestAuthority } from './certificates.fixture.ts';
import { MqttLink, type MqttLinkOptions } from './mqtt-link.ts';
import { type Mosquitto, mosquittoInstalled, startMosquitto } from './start-mosquitto.ts';
import { withBroker } from './with-broker.ts';

const once = { qos: 1, deadlineMs: 5_000 } as const;
const soon = { timeout: 15_000, interval: 10 };

describe.skipIf(!mosquittoInstalled())('mutual TLS with Mosquitto', () => {
  let folder: string;
  let authority: TestAuthority;
  let broker: Mosquitto;
  const file = (name: string): string => join(folder, name);
  const brokerLog = (): string => readFileSync(file('broker.log'), 'utf8');

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hazeldonk-tls-'));
    authority = new TestAuthority(folder);
    const server = authority.server('server');
    const settings = [
      `cafile ${authority.caFile}`,
      `certfile ${server.certificateFile}`,
      `keyfile ${server.keyFile}`,
      'require_certificate true',
      'use_identity_as_username true',
      'allow_anonymous false',
      `log_dest file ${file('broker.log')}`,
    ];
    broker = await startMosquitto(settings, 'mqtts');
  });
  afterEach(async () => {
    await broker.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('connects with a certificate of the right authority, and not otherwise', async () => {
    const own = authority.client('gantry-7');
    const stranger = new TestAuthority(folder, 'other').client('gantry-7', { file: 'stranger' });
    const attempt = (options: Partial<MqttLinkOptions>): Promise<unknown> =>
      withBroker({ url: broker.url, connectDeadlineMs: 5_000, ...options }, async (link) =>
        link.publish('a', Buffer.from('x'), once),
      ).catch((fault) => fault.code);
    const { caFile } = authority;
    expect(await attempt({ caFile, ...own })).toBe('acknowledged');
    expect(await attempt({ ...own, connectDeadlineMs: 1_000 })).toBe('broker/certificate');
    expect(await attempt({ caFile, connectDeadlineMs: 1_000 })).toMatch(/^broker\//);
    expect(await attempt({ caFile, ...stranger, connectDeadlineMs: 1_000 })).toMatch(/^broker\//);
  });

  describe('when its certificate is renewed', () => {
    const lines: string[] = [];
    let link: MqttLink;
    let stop: AbortController;
    let running: Promise<void>;
    let used: CertificateFiles;

    beforeEach(async () => {
      lines.length = 0;
      used = { certificateFile: file('used.crt'), keyFile: file('used.key') };
      put(authority.client('before'));
      link = new MqttLink({
        url: broker.url,
        clientId: 'gantry-7',
        caFile: authority.caFile,
        ...used,
        lastWill: { topic: 'presence', payload: Buffer.from('lost'), farewell: Buffer.from('stopped') },
        credentialCheckMs: 20,
        reconnectFirstMs: 20,
        log: jsonLog((line) => lines.push(line)),
      });
      stop = new AbortController();
      running = link.run(stop.signal);
      await new Promise<void>((resolve) => link.onConnected(resolve));
    });
    afterEach(async () => {
      stop.abort();
      await running;
    });

    function put({ certificateFile, keyFile }: CertificateFiles): void {
      copyFileSync(certificateFile, used.certificateFile);
      copyFileSync(keyFile, used.keyFile);
    }

    it('connects anew with it by itself, keeps its subscriptions, and is never taken for lost', async () => {
      const watcher = authority.client('watcher');
      await withBroker({ url: broker.url, caFile: authority.caFile, ...watcher }, async (other) => {
        const presence = inbox(other, 'presence');
        const orders = inbox(link, 'orders');
        put(authority.client('after'));
        await vi.waitFor(() => expect(brokerLog()).toContain("u'after'"), soon);
        await vi.waitFor(() => expect(link.connected).toBe(true), soon);
        await other.publish('orders', Buffer.from('go on'), once);
        expect(String((await orders.next()).payload)).toBe('go on');
        expect(presence.arrived).toEqual([]);
      });
      expect(lines.join('')).toContain('broker/credentials-renewed');
    });

    it('waits while only half of it is there, or nothing that would connect', async () => {
      const next = authority.client('after');
      const half = readFileSync(next.certificateFile);
      copyFileSync(next.certificateFile, used.certificateFile);
      await vi.waitFor(() => expect(lines.join('')).toContain('broker/credentials-unusable'), soon);
      rmSync(used.keyFile);
      writeFileSync(used.certificateFile, half.subarray(0, 100));
      expect(await link.publish('still', Buffer.from('here'), once)).toBe('acknowledged');
      expect(lines.join('')).not.toContain('broker/disconnected');
      expect(brokerLog()).not.toContain("u'after'");
      put(next);
      await vi.waitFor(() => expect(brokerLog()).toContain("u'after'"), soon);
    });
  });
});
