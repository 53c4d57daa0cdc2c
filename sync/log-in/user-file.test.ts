import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hashPassword } from './password.ts';
import { UserFile, userName } from './user-file.ts';

const roles = ['viewer', 'officer'] as const;
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-users-'));
  path = join(folder, 'users.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const password = () => hashPassword('correct horse battery', { cost: 16, blockSize: 8, lanes: 1 });

it('holds nobody until somebody is added: there is no default user', () => {
  expect(new UserFile(path, roles).users()).toEqual([]);
});

it('keeps users in a file that its owner alone can read, whole at any moment', async () => {
  const users = new UserFile(path, roles);
  users.put('k.jansen', 'officer', await password(), 1_000);
  users.put('a.peeters', 'viewer', await password(), 2_000);
  expect(statSync(path).mode & 0o077).toBe(0);
  expect(readdirSync(folder)).toEqual(['users.json']);
  expect(new UserFile(path, roles).users().map(({ name, role }) => [name, role])).toEqual([
    ['a.peeters', 'viewer'],
    ['k.jansen', 'officer'],
  ]);
  expect(readFileSync(path, 'utf8')).not.toContain('horse');
});

it('tells at once what another process changed', async () => {
  const [server, command] = [new UserFile(path, roles), new UserFile(path, roles)];
  command.put('k.jansen', 'officer', await password(), 1_000);
  expect(server.find('k.jansen')?.role).toBe('officer');
  command.put('k.jansen', 'viewer', await password(), 2_000);
  expect(server.find('k.jansen')).toMatchObject({ role: 'viewer', changedAt: new Date(2_000).toISOString() });
  expect(command.remove('k.jansen')).toBe(true);
  expect(server.find('k.jansen')).toBeNull();
  expect(command.remove('k.jansen')).toBe(false);
});

it.each(['', '{', '[]', '{"users":[{"name":"root"}]}'])(
  'refuses a file that holds %s instead of letting somebody in',
  (text) => {
    writeFileSync(path, text);
    expect(() => new UserFile(path, roles).users()).toThrow(expect.objectContaining({ code: 'users/unreadable' }));
  },
);

it.each<[string, () => void, string]>([
  ['leads in a circle', () => symlinkSync(path, path), ''],
  ['leads through a file', () => writeFileSync(path, ''), 'users.json'],
  ['is that of a folder', () => mkdirSync(path), ''],
])('says so, with a code, when its path %s', (_, spoil, below) => {
  spoil();
  const users = new UserFile(join(path, below), roles);
  const unreadable = { code: 'users/unreadable', message: expect.stringMatching(/cannot be read \(E[A-Z]+\)/) };
  for (const ask of [() => users.users(), () => users.find('k.jansen'), () => users.remove('k.jansen')])
    expect(ask).toThrow(expect.objectContaining(unreadable));
});

it.each(['K.Jansen', 'a', '.a', 'a b', '../a', 'a\n', 'x'.repeat(33)])('does not take %j as a name', (name) => {
  expect(userName.safeParse(name).success).toBe(false);
});
