import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { LogFields } from '../../config/foundation/log.ts';
import { loadNodeSettings } from '../../config/load-node-settings.ts';
import { checkSettings } from './settings-check.ts';

const written = {
  node: { id: 'nl-a16-1', site: 'A16', country: 'NL' },
  dataFolder: 'data',
  cameras: [{ name: 'left', source: { kind: 'mjpeg', url: 'http://camera.example/stream' } }],
  broker: { url: 'mqtt://127.0.0.1:1883' },
  keys: { nodeKeyFile: 'node-key.json' },
  trust: { authorities: [] },
};

describe('settings looked at anew while the node runs', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hazeldonk-settings-'));
    file = join(folder, 'node.yaml');
    writeFileSync(file, stringify(written));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function saidAfter(changed: string): readonly { readonly event: string; readonly fields: LogFields }[] {
    const running = loadNodeSettings(file);
    writeFileSync(file, changed);
    const said: { event: string; fields: LogFields }[] = [];
    checkSettings(file, running, { event: (_level, event, fields = {}) => void said.push({ event, fields }) });
    return said;
  }

  it('say which of them wait for a restart', () => {
    const cameras = [{ ...written.cameras[0], name: 'right' }];
    const changed = { ...written, cameras, node: { ...written.node, site: 'A16 north' }, metrics: { port: 9464 } };
    expect(saidAfter(stringify(changed))).toEqual([
      { event: 'settings/need-restart', fields: { file, changed: 'node.site, cameras, metrics.port' } },
    ]);
  });

  it('say that nothing changed, whatever the order and the comments', () => {
    const { node, ...others } = written;
    expect(saidAfter(`# the same\n${stringify({ ...others, node })}`)).toEqual([
      { event: 'settings/unchanged', fields: { file } },
    ]);
  });

  it('are refused when they are wrong, and the node goes on', () => {
    expect(saidAfter('cameras: none')).toMatchObject([{ event: 'settings/invalid' }]);
  });
});
