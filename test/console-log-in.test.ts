import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { installationRoot } from '../config/foundation/installation.ts';
import { Terminal } from '../firmware-host/console/terminal.ts';
import { eventually } from './eventually.ts';
import { openSite, type Running, type Site } from './site.ts';

const run = promisify(execFile);
const password = 'correct horse battery';

describe('a technician at a real node', () => {
  let site: Site;
  let node: Running;

  const change = (part: string, value: object) =>
    writeFileSync(site.nodeConfig, stringify({ ...parse(readFileSync(site.nodeConfig, 'utf8')), [part]: value }));
  const said = (event: string) => node.stderr().split(`"event":"${event}"`).length - 1;
  const hangUp = async (event: string) => {
    const before = said(event);
    node.child.kill('SIGHUP');
    await eventually(`the node says ${event}`, () => said(event) > before);
  };
  const sitDown = async () => {
    const wire = connect(join(site.dataFolder, 'console.sock'));
    const laptop = new Terminal(wire);
    return { laptop, leave: () => wire.destroy() };
  };
  const add = async (name: string, role: string) => {
    const program = join(installationRoot(), 'dist', 'anpr-node.js');
    const adding = run(process.execPath, [program, 'user', 'add', name, '--role', role, '--config', site.nodeConfig]);
    adding.child.stdin?.end(`${password}\n`);
    expect((await adding).stdout).toContain(`added ${name} (${role})`);
  };

  beforeAll(async () => {
    site = await openSite({ scene: 'day', seconds: 3 });
    node = site.start('anpr-node', 'run', '--config', site.nodeConfig);
    await eventually('the console is there', () => said('console/socket-opened') > 0);
  }, 120_000);
  afterAll(() => site?.close());

  it('looks around without a log-in where there is no file of users, and changes nothing', async () => {
    const { laptop, leave } = await sitDown();
    await laptop.type('restart camera gantry\r');
    await laptop.until(/that needs a log-in/);
    leave();
  });

  it('keeps what it has when the settings are wrong', async () => {
    const before = readFileSync(site.nodeConfig, 'utf8');
    change('console', { usersFile: 'users.json', idleMinutes: 0 });
    await hangUp('settings/refused');
    change('console', { usersFile: 'users.json' });
    await hangUp('settings/refused');
    expect(said('settings/applied')).toBe(0);
    writeFileSync(site.nodeConfig, before);
  });

  it('logs in once there is a file of users, and does what his role lets him', async () => {
    change('console', { usersFile: 'users.json' });
    await add('t.visser', 'technician');
    await add('e.martin', 'engineer');
    await hangUp('settings/applied');
    const { laptop, leave } = await sitDown();
    await laptop.until(/name: /);
    await laptop.type(`t.visser\r${password}!\r`);
    await laptop.until(/Log-in refused\./);
    await laptop.type(`t.visser\r${password}\r`);
    await laptop.until(/Logged in as t\.visser \(technician\)/);
    await laptop.type('reload\rexit\r');
    await laptop.until(/reload is for an engineer[\s\S]*Goodbye/);
    leave();
  });

  it('takes over settings as an engineer', async () => {
    change('log', { level: 'warn' });
    const { laptop, leave } = await sitDown();
    await laptop.type(`e.martin\r${password}\rreload\r`);
    await laptop.until(/Taken over: log\.level\./);
    change('log', { level: 'info' });
    await laptop.type('reload\rexit\r');
    await laptop.until(/Taken over: log\.level\.[\s\S]*Goodbye/);
    leave();
  });

  it('is written down in an audit log that is whole, and no password anywhere', async () => {
    expect(await node.stop()).toBe(0);
    const folder = join(site.dataFolder, 'audit');
    const { stdout } = await site.program('anpr-node', 'audit', 'verify', folder, '--owner', 'test-node');
    expect(stdout).toContain('Intact');
    const records = readdirSync(folder)
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
      .map((line) => JSON.parse(line) as { event: string; facts: Record<string, unknown> });
    const of = (event: string) => records.filter((record) => record.event === event).map(({ facts }) => facts);
    expect(of('console/logged-in')).toMatchObject([{ user: 't.visser', line: 'socket' }, { user: 'e.martin' }]);
    expect(of('console/log-in-refused')).toMatchObject([{ user: 't.visser', line: 'socket' }]);
    expect(of('console/logged-out')).toMatchObject([
      { user: 't.visser', why: 'exit' },
      { user: 'e.martin', why: 'exit' },
    ]);
    expect(of('console/command-refused')).toMatchObject([{ user: 't.visser', command: 'reload' }]);
    expect(of('console/changed')).toMatchObject([
      { user: 'e.martin', command: 'reload' },
      { user: 'e.martin', command: 'reload' },
    ]);
    const [start] = of('node/started');
    const changes = of('settings/applied');
    expect(changes).toMatchObject([
      { from: start?.settings, applied: 'console.usersFile' },
      { from: changes[0]?.to, applied: 'log.level' },
      { from: changes[1]?.to, to: changes[0]?.to },
    ]);
    expect(of('settings/refused')).toHaveLength(2);
    const everything = [node.stderr(), node.stdout(), ...filesBelow(site.dataFolder), ...filesBelow(site.folder)];
    expect(everything.filter((text) => text.includes('horse'))).toEqual([]);
  });
});

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(folder, entry.name), 'latin1'));
}
