import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { encodeLumaJpeg } from '../../recognizer/picture/encode-jpeg.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from '../../sync/broker/embedded-broker.ts';
import { MemoryBroker } from '../../sync/broker/memory-link.ts';
import { makeRecipientKey } from '../../sync/central/verification/recipient-key-files.ts';
import { stolen, TestAuthority, TestNode } from '../../sync/lists/list-world.fixture.ts';
import { makeNodeKey } from '../../sync/lists/sealing/node-key.ts';
import { checkNode } from './check-node.ts';
import type { Finding } from './finding.ts';

const deadlines = { cameraDeadlineMs: 5_000, brokerDeadlineMs: 5_000, environment: {} };
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

async function check(content: object | string): Promise<ReadonlyMap<string, Finding>> {
  const file = join(folder, 'node.yaml');
  writeFileSync(file, typeof content === 'string' ? content : stringify(content));
  const findings = new Map<string, Finding>();
  for await (const finding of checkNode(file, deadlines)) findings.set(finding.item, finding);
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
    expect((await check(other)).get('node key')?.found).toContain('is the key of laptop, not of other');
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
});
