import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { Fault } from '../../config/foundation/fault.ts';
import { loadNodeSettings } from '../../config/load-node-settings.ts';
import type { NodeSettings } from '../../config/node-settings.ts';
import { type KeptLog, keptLog } from '../console/kept-log.fixture.ts';
import { type PreparedSettings, RunningSettings } from './running-settings.ts';

const written = {
  node: { id: 'nl-a16-1', site: 'A16', country: 'NL' },
  dataFolder: 'data',
  cameras: [{ name: 'left', source: { kind: 'mjpeg', url: 'http://camera.example/stream' } }],
  broker: { url: 'mqtt://127.0.0.1:1883' },
  keys: { nodeKeyFile: 'node-key.json' },
  trust: { authorities: [] },
};
const live = {
  console: { serialPort: '/dev/ttyS1', baudRate: 9600, socketPath: 'c.sock', usersFile: 'u.json', idleMinutes: 5 },
  log: { level: 'warn' },
  metrics: { port: 9464 },
  trust: { authorities: [], recipients: [{ recipient: 'nl-police', publicKeyFile: 'nl.json' }] },
};
const waiting = { node: { ...written.node, site: 'A16 north' }, cameras: [{ ...written.cameras[0], name: 'right' }] };

describe('settings looked at anew while the node runs', () => {
  let folder: string;
  let file: string;
  let log: KeptLog;
  let applied: NodeSettings[];
  let renewed: readonly string[];
  let running: RunningSettings;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hazeldonk-settings-'));
    file = join(folder, 'node.yaml');
    log = keptLog();
    applied = [];
    renewed = [];
    writeFileSync(file, stringify(written));
    const prepare = async (settings: NodeSettings): Promise<PreparedSettings> => {
      if (settings.metrics.port === 1) throw new Fault('recipient/bad-key', 'no such key');
      return { renewed, apply: () => void applied.push(settings) };
    };
    running = new RunningSettings({ settings: loadNodeSettings(file), file, prepare, log });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const takeOver = (settings: object) => {
    writeFileSync(file, stringify(settings));
    return running.takeOver();
  };

  it('are taken over where that costs no passage, with the hash of old and new written down', async () => {
    const from = running.hash;
    const outcome = await takeOver({ ...written, ...live });
    const names = [
      'trust.recipients',
      'console.baudRate',
      'console.idleMinutes',
      'console.serialPort',
      'console.socketPath',
      'console.usersFile',
      'log.level',
      'metrics.port',
    ];
    expect(outcome).toEqual({ applied: expect.arrayContaining(names), waiting: [] });
    expect(running.current).toEqual(loadNodeSettings(file));
    expect(applied).toEqual([running.current]);
    expect(running.hash).not.toBe(from);
    expect(log.of('settings/')).toEqual([
      ['settings/applied', { from, to: running.hash, applied: expect.stringContaining('log.level') }],
    ]);
  });

  it('wait for a restart where they must, as they were, however often the file is looked at', async () => {
    const before = running.current;
    for (let times = 0; times < 2; times++) {
      log.forget();
      expect(await takeOver({ ...written, ...waiting })).toEqual({ applied: [], waiting: ['node.site', 'cameras'] });
      expect(log.of('settings/')).toEqual([['settings/need-restart', { file, changed: 'node.site, cameras' }]]);
    }
    expect(running.current).toEqual(before);
  });

  it('are taken over in part where only a part can be', async () => {
    const outcome = await takeOver({ ...written, ...waiting, log: { level: 'error' } });
    expect(outcome).toEqual({ applied: ['log.level'], waiting: ['node.site', 'cameras'] });
    expect(running.current).toMatchObject({ node: { site: 'A16' }, log: { level: 'error' } });
  });

  it('change nothing when they are the same, whatever the order and the comments', async () => {
    const { node, ...others } = written;
    writeFileSync(file, `# the same\n${stringify({ ...others, node })}`);
    expect(await running.takeOver()).toEqual({ applied: [], waiting: [] });
    expect(log.of('settings/')).toEqual([['settings/unchanged', { file }]]);
  });

  it('are taken over when only a key in them was renewed', async () => {
    renewed = ['trust.recipients'];
    expect(await takeOver(written)).toEqual({ applied: ['trust.recipients'], waiting: [] });
  });

  it.each<[string, object | string, RegExp]>([
    ['wrong', { ...written, ...live, cameras: 'none' }, /cameras/],
    ['not YAML', '\u0000{', /node\.yaml/],
    [
      'naming something that is wrong',
      { ...written, ...live, metrics: { port: 1 } },
      /no such key \[recipient\/bad-key\]/,
    ],
  ])('leave everything as it is when they are %s', async (_, settings, problem) => {
    const [before, hash] = [running.current, running.hash];
    writeFileSync(file, typeof settings === 'string' ? settings : stringify(settings));
    expect(await running.takeOver()).toEqual({ refused: [expect.stringMatching(problem)] });
    expect([applied, running.current, running.hash]).toEqual([[], before, hash]);
    expect(log.of('settings/')).toEqual([
      ['settings/refused', { file, problems: 1, running: hash }],
      ['settings/problem', expect.objectContaining({ file, problem: expect.any(String) })],
    ]);
  });

  it('are refused with the place of each problem and what is wrong there, as far as anybody reads them', async () => {
    await takeOver({ ...written, metrics: { port: 1 } });
    expect(log.of('settings/problem')).toEqual([
      ['settings/problem', { file, code: 'recipient/bad-key', problem: 'no such key' }],
    ]);
    log.forget();
    const cameras = Array.from({ length: 16 }, () => ({ ...written.cameras[0], name: '' }));
    expect(await takeOver({ ...written, cameras })).toEqual({ refused: expect.any(Array) });
    const told = log.of('settings/problem').map(([, fields]) => fields);
    expect(told).toHaveLength(10);
    expect(told[0]).toEqual({
      ...{ file, line: expect.any(Number), column: expect.any(Number), key: 'cameras[0].name' },
      problem: expect.stringMatching(/^must be 1 to 64 letters/),
    });
  });

  it('are looked at one time after the other', async () => {
    const first = takeOver({ ...written, log: { level: 'error' } });
    const second = running.takeOver();
    expect(await first).toEqual({ applied: ['log.level'], waiting: [] });
    expect(await second).toEqual({ applied: [], waiting: [] });
    expect(applied).toHaveLength(2);
  });
});
