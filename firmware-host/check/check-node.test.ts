import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { encodeLumaJpeg } from '../../recognizer/picture/encode-jpeg.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from '../../sync/broker/embedded-broker.ts';
import { MemoryBroker } from '../../sync/broker/memory-link.ts';
import { makeRecipientKey } from '../../sync/central/verification/recipient-key-files.ts';
import { openDatabase } from '../../sync/database/database.ts';
import { holdExclusively } from '../../sync/database/exclusive-hold.ts';
import { stolen, TestAuthority, TestNode } from '../../sync/lists/list-world.fixture.ts';
import { makeNodeKey } from '../../sync/lists/sealing/node-key.ts';
import { checkNode } from './check-node.ts';
import type { Finding } from './finding.ts';

const deadlines = { cameraDeadlineMs: 5_000, brokerDeadlineMs: 5_000 };
let folder: string;
let broker: EmbeddedBroker;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'check-'));
  broker = await startEmbeddedBroker();
  await makeNodeKey(join(folder, 'node.key.json'), { id: 'laptop', site: 'desk', country: 'NL' });
  const { publicKey } = generateKeyPairSync('ed25519');
  writeFileSync(join(folder, 'authority.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
  mkdirSync(join(folder, 'data'));
  mkdirSync(join(folder, 'pictures'));
  const grey = { data: new Uint8Array(64 * 48).fill(128), widthPx: 64, heightPx: 48, strideBytes: 64 };
  writeFileSync(join(folder, 'pictures', '1.jpg'), await encodeLumaJpeg(grey, 80));
});
afterEach(async () => {
  await broker.close();
  rmSync(folder, { recursive: true });
});

function settings(changes: object = {}): object {
  return {
    node: { id: 'laptop', site: 'desk', country: 'NL' },
    dataFolder: './data',
    cameras: [{ name: 'left', source: { kind: 'folder', path: './pictures', pace: 'fast' } }],
    broker: { url: broker.url },
    keys: { nodeKeyFile: './node.key.json' },
    trust: { authorities: [{ authority: 'NL-POLICE', publicKeyFile: './authority.pem' }] },
    ...changes,
  };
}

async function check(
  content: object | string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, Finding>> {
  const file = join(folder, 'node.yaml');
  writeFileSync(file, typeof content === 'string' ? content : stringify(content));
  const findings = new Map<string, Finding>();
  for await (const finding of checkNode(file, { ...deadlines, environment })) findings.set(finding.item, finding);
  for (const finding of findings.values()) if (finding.level !== 'ok') expect(finding.advice).not.toBe('');
  return findings;
}

describe('anpr-node check', () => {
  test('finds nothing to repair on a sound installation, and connects and looks for real', async () => {
    const findings = await check(settings());
    const failures = [...findings.values()].filter((one) => one.level === 'fail');
    expect(failures).toEqual([]);
    expect(findings.get('camera left')?.found).toBe('64 x 48 from folder');
    expect(findings.get('broker')).toMatchObject({ level: 'ok' });
    expect([...findings.keys()]).toEqual(
      expect.arrayContaining([
        'settings',
        'law',
        'data folder',
        'node key',
        'trust NL-POLICE',
        'model detector',
        'model reader',
        'clock',
      ]),
    );
  });

  test('stops at settings that are wrong, and says where', async () => {
    const findings = await check('node: 3\n');
    expect([...findings.keys()]).toEqual(['settings']);
    expect(findings.get('settings')?.found).toMatch(/node\.yaml:1:\d+/);
  });

  test('a key that others can read, or of another node, is found', async () => {
    chmodSync(join(folder, 'node.key.json'), 0o604);
    expect((await check(settings())).get('node key')).toMatchObject({
      level: 'fail',
      found: expect.stringContaining('mode 604'),
    });
    chmodSync(join(folder, 'node.key.json'), 0o640);
    expect((await check(settings())).get('node key')).toMatchObject({ level: 'warn' });
    const other = settings({ node: { id: 'other', site: 'desk', country: 'NL' } });
    expect((await check(other)).get('node key')).toMatchObject({
      found: expect.stringContaining('is the key of laptop, not of other'),
      // Enrolment replaces no key.
      advice: expect.stringMatching(/^set it aside and enrol this node/),
    });
  });

  test.each<[string, object, string, Finding['level'], RegExp]>([
    ['no node key', { keys: { nodeKeyFile: './none' } }, 'node key', 'fail', /no node key/],
    ['no authority', { trust: { authorities: [] } }, 'trust', 'warn', /no authority/],
    [
      'a public key that is none',
      { trust: { authorities: [{ authority: 'A', publicKeyFile: './node.key.json' }] } },
      'trust A',
      'fail',
      /public key of A/,
    ],
    ['no models', { recognizer: { modelsFolder: './pictures' } }, 'model detector', 'fail', /model\/missing/],
    ['a broker that is not there', { broker: { url: 'mqtt://127.0.0.1:1' } }, 'broker', 'fail', /broker\/unreachable/],
    [
      'a password that is not there',
      { broker: { url: 'mqtt://127.0.0.1:1', usernameFile: './none' } },
      'broker user',
      'fail',
      /is not there/,
    ],
    [
      'a certificate that is none',
      { broker: { url: 'mqtt://127.0.0.1:1', caFile: './authority.pem' } },
      'broker authority',
      'fail',
      /no certificate/,
    ],
    ['a data folder that is a file', { dataFolder: './node.yaml' }, 'data folder', 'fail', /is not a folder/],
    ['a data folder to be made', { dataFolder: './new/data' }, 'data folder', 'ok', /not there yet/],
    [
      'an empty folder as camera',
      { cameras: [{ name: 'left', source: { kind: 'folder', path: './data' } }] },
      'camera left',
      'fail',
      /./,
    ],
    [
      'a camera that refuses',
      { cameras: [{ name: 'left', source: { kind: 'mjpeg', url: 'http://127.0.0.1:1/' } }] },
      'camera left',
      'fail',
      /no picture in 5 s/,
    ],
    ['a serial port that is not there', { console: { serialPort: './tty' } }, 'serial console', 'fail', /is not there/],
    [
      'a serial port that is no device',
      { console: { serialPort: './node.yaml' } },
      'serial console',
      'fail',
      /no device/,
    ],
  ])('%s is found, with what to do', async (_, changes, item, level, found) => {
    const finding = (await check(settings(changes))).get(item);
    expect(finding).toMatchObject({ item, level });
    expect(finding?.found).toMatch(found);
  });

  test('a recipient without a key is found where the hits of a list are encrypted to others, and only there', async () => {
    const broker = new MemoryBroker();
    const team = new TestAuthority({ ...stolen, list: 'team', recipients: ['nl-police', 'be-fedpol'] });
    const plain = new TestAuthority({ ...stolen, authority: 'BE', recipients: ['be-customs'] });
    const dataFolder = join(folder, 'data');
    const node = (await TestNode.open({ folder: dataFolder, link: broker.link(), authorities: [team, plain] })).start();
    for (const authority of [team, plain]) {
      await authority.build(['1-ABC-123,B,r1']);
      await authority.publish(broker.link(), [node.key.publicKey]);
    }
    await node.until(() => node.applied.length === 2);
    const { publicKeyFile } = await makeRecipientKey('nl-police', folder);
    const trusting = (recipients: object[]) =>
      settings({
        trust: { authorities: [{ authority: 'NL', publicKeyFile: './authority.pem' }], recipients },
      });
    const findings = await check(trusting([{ recipient: 'nl-police', publicKeyFile }]));
    expect(findings.get('recipient nl-police')).toMatchObject({ level: 'ok' });
    expect(findings.get('recipient be-fedpol')).toMatchObject({
      level: 'warn',
      found: 'has no key here and cannot read the hits of NL/team, which are encrypted',
    });
    expect(findings.has('recipient be-customs')).toBe(false);
    expect([...(await check(trusting([]))).keys()].filter((item) => item.startsWith('recipient'))).toEqual([]);
    await node.stop();
    writeFileSync(join(dataFolder, 'lists.sqlite'), 'no database at all '.repeat(500));
    expect((await check(settings())).get('lists')).toMatchObject({ level: 'warn' });
  });

  test('in Luxembourg no camera is opened, and that is said', async () => {
    const findings = await check(settings({ node: { id: 'laptop', site: 'desk', country: 'LU' } }));
    expect(findings.get('law')).toMatchObject({ level: 'warn', found: 'LU: inhibited: no legal basis' });
    expect(findings.has('camera left')).toBe(false);
  });

  describe('of a node whose secrets are credentials of its service', () => {
    const secrets = {
      keys: { nodeKeyFile: 'credential:node-key' },
      cameras: [
        {
          name: 'left',
          source: {
            kind: 'mjpeg',
            url: 'http://127.0.0.1:1/',
            usernameFile: './user',
            passwordFile: 'credential:camera',
          },
        },
      ],
    };

    test('outside the service says what it cannot look at, and goes on', async () => {
      writeFileSync(join(folder, 'user'), 'joe', { mode: 0o600 });
      const login = { url: broker.url, usernameFile: 'credential:user', caFile: 'credential:ca' };
      const trust = {
        authorities: [{ authority: 'A', publicKeyFile: 'credential:a' }],
        recipients: [{ recipient: 'nl-police', publicKeyFile: 'credential:r' }],
      };
      const console = { usersFile: 'credential:users' };
      const findings = await check(settings({ ...secrets, broker: login, trust, console }));
      const away = [...findings.values()].filter(({ found }) => found.includes('cannot be looked at from here'));
      expect(away.map(({ item, level }) => `${level} ${item}`).sort()).toEqual([
        'warn broker',
        'warn broker authority',
        'warn broker user',
        'warn camera left',
        'warn camera left password',
        'warn console users',
        'warn node key',
        'warn recipient nl-police',
        'warn trust A',
      ]);
      expect(findings.get('camera left user')).toMatchObject({ level: 'ok' });
      expect([...findings.values()].filter(({ level }) => level === 'fail')).toEqual([]);
    });

    test('in the service looks at them all, and takes no offence at the group bits that systemd shows', async () => {
      const given = join(folder, 'given');
      mkdirSync(given);
      renameSync(join(folder, 'node.key.json'), join(given, 'node-key'));
      chmodSync(join(given, 'node-key'), 0o440);
      writeFileSync(join(given, 'user'), 'joe', { mode: 0o440 });
      const login = { url: broker.url, usernameFile: 'credential:user' };
      const environment = { CREDENTIALS_DIRECTORY: given };
      const findings = await check(settings({ keys: secrets.keys, broker: login }), environment);
      const sound = { level: 'ok', found: join(given, 'node-key') };
      expect(findings.get('node key')).toMatchObject(sound);
      expect(findings.get('broker user')).toMatchObject({ level: 'ok' });
      expect(findings.get('broker')).toMatchObject({ level: 'ok' });
      // The settings may name a file that was removed when its key was sealed.
      expect((await check(settings(), environment)).get('node key')).toMatchObject(sound);
      chmodSync(join(given, 'node-key'), 0o444);
      expect((await check(settings(), environment)).get('node key')).toMatchObject({ level: 'fail' });
    });
  });

  test('leaves the broker to a node that runs, whose session it would take over', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const tried = () => check(settings({ broker: { url: `mqtt://127.0.0.1:${port}` } }));
    const lock = join(folder, 'data', 'node.lock');
    try {
      const letGo = holdExclusively(lock);
      expect((await tried()).get('broker')).toMatchObject({
        level: 'note',
        found: expect.stringContaining('the node runs'),
        advice: expect.stringContaining('status'),
      });
      letGo();
      rmSync(lock);
      symlinkSync('node.lock', lock);
      expect((await tried()).get('broker')).toMatchObject({
        level: 'warn',
        found: expect.stringContaining('cannot be told'),
      });
      expect(connections).toBe(0);
    } finally {
      server.close();
    }
    // A lock that a node left behind holds nobody off.
    rmSync(lock);
    holdExclusively(lock)();
    expect((await check(settings())).get('broker')).toMatchObject({ level: 'ok' });
  });

  test('makes no lock that the user of the node could not open', async () => {
    await check(settings());
    expect(readdirSync(join(folder, 'data'))).toEqual([]);
  });

  // EACCES comes the same way, and is not tried because it never happens to root.
  test('what stands in the way of a look is found, and everything else is looked at', async () => {
    symlinkSync('round', join(folder, 'round'));
    const through = (name: string) => `./node.yaml/${name}`;
    const findings = await check(
      settings({
        dataFolder: './round',
        broker: { url: broker.url, usernameFile: through('user'), passwordFile: './data' },
        console: { serialPort: through('tty'), usersFile: './round' },
        keys: { nodeKeyFile: './round' },
      }),
    );
    const found = (item: string) => `${findings.get(item)?.level} ${findings.get(item)?.found}`;
    expect(found('data folder')).toMatch(/^fail .*round: its links lead in a circle$/);
    expect(found('node key')).toMatch(/^fail .*round holds no node key that can be read$/);
    expect(found('broker user')).toMatch(/^fail .*user: its path leads through a file$/);
    expect(found('broker password')).toMatch(/^fail .*data is no file$/);
    expect(found('serial console')).toMatch(/^fail .*tty: its path leads through a file$/);
    expect(found('console users')).toMatch(/^fail .*round: its links lead in a circle$/);
    expect(findings.get('camera left')).toMatchObject({ level: 'ok' });
  });

  test('a list database that cannot be opened is found', async () => {
    const file = join(folder, 'data', 'lists.sqlite');
    openDatabase(file).close();
    mkdirSync(`${file}-wal`);
    const finding = (await check(settings())).get('lists');
    expect(finding).toMatchObject({ level: 'warn', found: expect.stringContaining('SQLITE_CANTOPEN') });
  });
});
