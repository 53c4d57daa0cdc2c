import { expect, it } from 'vitest';
import { hashPassword, nobodysPassword, passwordMatches, passwordProblem } from './password.ts';

const cheap = { cost: 16, blockSize: 8, lanes: 1 };

it('knows its password and no other, and keeps nothing of it', async () => {
  const kept = await hashPassword('correct horse battery', cheap);
  expect(await passwordMatches('correct horse battery', kept)).toBe(true);
  expect(await passwordMatches('correct horse batterY', kept)).toBe(false);
  expect(await passwordMatches('', kept)).toBe(false);
  expect(JSON.stringify(kept)).not.toContain('correct');
});

it('salts: the same password is never kept in the same form', async () => {
  const [one, other] = await Promise.all([hashPassword('correct horse', cheap), hashPassword('correct horse', cheap)]);
  expect(one.hash).not.toBe(other.hash);
});

it('takes an accented letter however a keyboard wrote it', async () => {
  const kept = await hashPassword('crème brûlée à volonté', cheap);
  expect(await passwordMatches('crème brûlée à volonté'.normalize('NFD'), kept)).toBe(true);
});

it('hashes at a cost that makes guessing slow unless told otherwise', async () => {
  const { scrypt } = await hashPassword('correct horse battery');
  expect(scrypt.cost * scrypt.blockSize * 128).toBeGreaterThanOrEqual(64 * 1024 * 1024);
});

it('lets nobody in as a name that does not exist', async () => {
  expect(await passwordMatches('', nobodysPassword)).toBe(false);
});

it.each([
  ['short', 'is shorter than 12 characters'],
  ['x'.repeat(257), 'is longer than 256 characters'],
  ['K.Jansen-2026!', 'contains the name'],
  ['aaaaaaaaaaaaaaaa', 'repeats the same few characters'],
  ['correct horse battery', null],
])('says of the new password %s: %s', (password, problem) => {
  expect(passwordProblem(password, 'k.jansen')).toBe(problem);
});
