import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeSettingsSchema } from '../../config/node-settings.ts';
import { freePort } from '../../sync/broker/start-mosquitto.ts';
import { makeRecipientKey } from '../../sync/central/verification/recipient-key-files.ts';
import { TrustStore } from '../../sync/lists/trust.ts';
import { hashPassword } from '../../sync/log-in/password.ts';
import { RecipientKeys } from '../../sync/uplink/recipient-keys.ts';
import { type KeptLog, keptLog } from '../console/kept-log.fixture.ts';
import { openConsoleUsers } from '../console/technician.ts';
import { Terminal } from '../console/terminal.ts';
import { healthyFacts } from '../health/healthy-facts.ts';
import { LiveParts } from './live-parts.ts';

const cheap = { cost: 16, blockSize: 8, lanes: 1 };

describe('parts whose settings change while the node runs', () => {
  let folder: string;
  let log: KeptLog;
  let recipients: RecipientKeys;
  let levels: string[];
  let trusted: string[];
  let parts: LiveParts;
  let stop: AbortController;
  let running: Promise<unknown>;

  const settings = (changes: object = {}) =>
    nodeSettingsSchema({ folder }).parse({
      node: { id: 'nl-a16-1', site: 'A16', country: 'NL' },
      dataFolder: '.',
      cameras: [{ name: 'left', source: { kind: 'mjpeg', url: 'http://camera.example/stream' } }],
      broker: { url: 'mqtt://127.0.0.1:1883' },
      keys: { nodeKeyFile: 'node-key.json' },
      trust: { authorities: [] },
      ...changes,
    });
  const takeOver = async (changes: object) => {
    const prepared = await parts.prepare(settings(changes));
    prepared.apply();
    return prepared.renewed;
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hazeldonk-live-'));
    log = keptLog();
    levels = [];
    trusted = [];
    recipients = await RecipientKeys.fromFiles([]);
    parts = new LiveParts({
      settings: settings(),
      recipients,
      trust: TrustStore.fromFiles([]),
      node: { facts: () => healthyFacts(), metrics: () => [] },
      controls: { restartCamera: () => false, takeOverSettings: async () => ({ refused: [] }) },
      log,
      onLogLevel: (level) => void levels.push(level),
      onTrust: (trust) => void trusted.push(['NL', 'BE'].filter((name) => trust.knows(name)).join()),
    });
    stop = new AbortController();
    running = Promise.all([parts.technicians.run(stop.signal), parts.metrics.run(stop.signal)]);
    await log.said('console/socket-opened');
  });
  afterEach(async () => {
    stop.abort();
    await running;
    rmSync(folder, { recursive: true });
  });

  it('metrics appear, move and go', async () => {
    const [one, other] = [await freePort(), await freePort()];
    await takeOver({ metrics: { port: one } });
    await log.said('metrics/listening');
    expect((await fetch(`http://127.0.0.1:${one}/metrics`)).status).toBe(200);
    await takeOver({ metrics: { port: other } });
    await log.said('metrics/listening', 2);
    expect((await fetch(`http://127.0.0.1:${other}/metrics`)).status).toBe(200);
    await expect(fetch(`http://127.0.0.1:${one}/metrics`)).rejects.toThrow();
    await takeOver({});
    await expect(fetch(`http://127.0.0.1:${other}/metrics`)).rejects.toThrow();
  });

  it('a console that moves hangs up; one that stays stays', async () => {
    const wire = connect(join(folder, 'console.sock'));
    const laptop = new Terminal(wire);
    await laptop.until(/nl-a16-1> /);
    await takeOver({ log: { level: 'warn' } });
    expect(levels).toEqual(['warn']);
    await laptop.type('version\r');
    await laptop.until(/Hazeldonk/);
    await takeOver({ console: { socketPath: 'other.sock' } });
    await laptop.untilGone();
    await log.said('console/socket-opened', 2);
    expect([existsSync(join(folder, 'console.sock')), existsSync(join(folder, 'other.sock'))]).toEqual([false, true]);
    wire.destroy();
  });

  it('a file of users locks the console, and one that would lock everybody out is refused', async () => {
    const usersFile = join(folder, 'users.json');
    const change = { console: { usersFile: 'users.json' } };
    await expect(parts.prepare(settings(change))).rejects.toMatchObject({ code: 'console/no-users' });
    writeFileSync(usersFile, 'no users');
    await expect(parts.prepare(settings(change))).rejects.toMatchObject({ code: 'users/unreadable' });
    rmSync(usersFile);
    symlinkSync(usersFile, usersFile);
    await expect(parts.prepare(settings(change))).rejects.toMatchObject({ code: 'users/unreadable' });
    rmSync(usersFile);
    openConsoleUsers(usersFile).put('t.visser', 'technician', await hashPassword('correct horse', cheap), 1_000);
    await takeOver(change);
    const wire = connect(join(folder, 'console.sock'));
    await new Terminal(wire).until(/name: /);
    wire.destroy();
  });

  it('authorities are trusted by the keys that the files hold now', async () => {
    const write = () => {
      const { publicKey } = generateKeyPairSync('ed25519');
      writeFileSync(join(folder, 'nl.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
    };
    const trusting = { trust: { authorities: [{ authority: 'NL', publicKeyFile: 'nl.pem' }] } };
    await expect(parts.prepare(settings(trusting))).rejects.toMatchObject({ code: 'trust/bad-key' });
    write();
    expect(await takeOver(trusting)).toEqual(['trust.authorities']);
    expect(await takeOver(trusting)).toEqual([]);
    write();
    expect(await takeOver(trusting)).toEqual(['trust.authorities']);
    expect(await takeOver({})).toEqual(['trust.authorities']);
    expect(trusted).toEqual(['NL', 'NL', '']);
  });

  it('recipients get the keys that the files hold now, or all keep the old ones', async () => {
    const make = (name: string) => makeRecipientKey(name, folder);
    const trusting = (...names: string[]) => ({
      trust: {
        authorities: [],
        recipients: names.map((recipient) => ({ recipient, publicKeyFile: `${recipient}.recipient-public-key.json` })),
      },
    });
    const { publicKeyFile } = await make('nl-police');
    expect(publicKeyFile).toBe(join(folder, 'nl-police.recipient-public-key.json'));
    expect(await takeOver(trusting('nl-police'))).toEqual(['trust.recipients']);
    expect(await takeOver(trusting('nl-police'))).toEqual([]);
    const before = recipients.keysOf(['nl-police']);
    expect(before).toHaveLength(1);
    await expect(parts.prepare(settings(trusting('nl-police', 'be-police')))).rejects.toMatchObject({
      code: 'recipient/bad-key',
    });
    expect(recipients.keysOf(['nl-police'])).toEqual(before);
    await make('be-police');
    expect(await takeOver(trusting('nl-police', 'be-police'))).toEqual(['trust.recipients']);
    expect(recipients.keysOf(['be-police'])).toHaveLength(1);
  });
});
