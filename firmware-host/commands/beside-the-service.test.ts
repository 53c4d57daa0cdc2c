import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashPassword } from '../../sync/log-in/password.ts';
import { openConsoleUsers } from '../console/technician.ts';
import { addConsoleCommand } from './console.ts';
import { command, gantrySettings } from './on-a-gantry.fixture.ts';
import { addConsoleUserCommand } from './user.ts';

describe('commands on a gantry whose secrets only the service has', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'beside-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('console looks for the running node', async () => {
    const file = gantrySettings(folder);
    await expect(command(addConsoleCommand, 'console', '-c', file)).rejects.toMatchObject({
      code: 'console/not-running',
      message: expect.stringContaining(join(folder, 'data', 'console.sock')),
    });
  });

  it('user finds the file of users', async () => {
    const users = openConsoleUsers(join(folder, 'console-users.json'));
    const cheap = { cost: 16, blockSize: 8, lanes: 1 };
    users.put('e.martin', 'engineer', await hashPassword('correct horse', cheap), 1_000);
    const { out } = await command(addConsoleUserCommand, 'user', 'list', '-c', gantrySettings(folder));
    expect(out).toMatch(/^e\.martin +engineer/);
  });

  it('user keeps no users in a file that is called like a credential', async () => {
    const file = gantrySettings(folder, (text) => text.replace(/usersFile: .*/, 'usersFile: credential:users'));
    await expect(command(addConsoleUserCommand, 'user', 'list', '-c', file)).rejects.toMatchObject({
      code: 'users/credential',
      message: expect.stringContaining('--users FILE'),
    });
  });
});
