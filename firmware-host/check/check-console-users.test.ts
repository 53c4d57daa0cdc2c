import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeSettingsSchema } from '../../config/node-settings.ts';
import { hashPassword } from '../../sync/log-in/password.ts';
import { openConsoleUsers } from '../console/technician.ts';
import { checkConsoleUsers } from './check-console-users.ts';

describe('anpr-node check of the console', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'check-users-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const found = (console: object) =>
    checkConsoleUsers(
      nodeSettingsSchema({ folder }).parse({
        node: { id: 'laptop', site: 'desk', country: 'NL' },
        dataFolder: '.',
        cameras: [{ name: 'left', source: { kind: 'folder', path: '.' } }],
        broker: { url: 'mqtt://127.0.0.1:1883' },
        keys: { nodeKeyFile: 'key' },
        trust: { authorities: [] },
        console,
      }),
    );

  it('warns of a serial line on which nobody need log in', () => {
    expect(found({})).toMatchObject({ level: 'ok' });
    expect(found({ serialPort: '/dev/ttyS0' })).toMatchObject({
      level: 'warn',
      advice: expect.stringContaining('console.usersFile'),
    });
  });

  it('finds a file that lets nobody in, that is none, or that others can read', async () => {
    const usersFile = join(folder, 'users.json');
    expect(found({ usersFile })).toMatchObject({ level: 'fail', found: expect.stringContaining('lets nobody in') });
    writeFileSync(usersFile, '[]');
    expect(found({ usersFile })).toMatchObject({ level: 'fail', found: expect.stringContaining('no file of users') });
    rmSync(usersFile);
    const cheap = { cost: 16, blockSize: 8, lanes: 1 };
    openConsoleUsers(usersFile).put('e.martin', 'engineer', await hashPassword('correct horse', cheap), 1_000);
    expect(found({ usersFile })).toMatchObject({
      level: 'ok',
      found: `${usersFile}: 1 may log in, 1 of them as engineer`,
    });
    chmodSync(usersFile, 0o644);
    expect(found({ usersFile })).toMatchObject({ level: 'warn' });
  });
});
