import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mayLoad, mayRead, type PolicyList } from './policy.ts';
import { type Country, loadProfile, readProfile } from './profile.ts';

const here = import.meta.dirname;
const load = (country: Country) => loadProfile(country, here);
const stolen: PolicyList = { authority: 'NL-POLICE', purpose: 'stolen-vehicle', actions: ['stop'] };

describe('what the law of a country lets a node do', () => {
  test.each<[Country, boolean]>([
    ['NL', true],
    ['BE', true],
    ['FR', true],
    ['LU', false],
  ])('%s: plates may be read: %s', (country, allowed) => {
    expect(mayRead(load(country)).allowed).toBe(allowed);
  });

  test('a node in Luxembourg says why it reads nothing', () => {
    expect(mayRead(load('LU'))).toEqual({ allowed: false, reason: 'inhibited: no legal basis' });
  });

  const unpaid = { ...stolen, purpose: 'unpaid-fines' };
  const foreign = { ...stolen, authority: 'DE-POLICE' };
  const cases: readonly [Country, string, PolicyList, string | null][] = [
    ['NL', 'its own list of stolen vehicles', stolen, null],
    ['NL', 'the list of a neighbour', { ...stolen, authority: 'FR-GENDARMERIE' }, null],
    ['NL', 'a list of a country that is no party', foreign, 'authority not allowed in NL: DE-POLICE'],
    [
      'NL',
      'an authority whose name only resembles',
      { ...stolen, authority: 'NLPOLICE' },
      'authority not allowed in NL: NLPOLICE',
    ],
    ['NL', 'unpaid fines', unpaid, null],
    ['BE', 'unpaid fines', unpaid, 'purpose not allowed in BE: unpaid-fines'],
    ['FR', 'unpaid fines', unpaid, 'purpose not allowed in FR: unpaid-fines'],
    [
      'FR',
      'SIS alerts with two kinds of check',
      { ...stolen, purpose: 'sis-alert', actions: ['discreet-check', 'inquiry-check'] },
      null,
    ],
    ['BE', 'an action nobody defined', { ...stolen, actions: ['stop', 'shoot'] }, 'action not allowed in BE: shoot'],
    ['BE', 'a purpose left empty', { ...stolen, purpose: '' }, 'purpose not allowed in BE: '],
    ['LU', 'its own list of stolen vehicles', { ...stolen, authority: 'LU-POLICE' }, 'inhibited: no legal basis'],
  ];
  test.each(cases)('%s: %s', (country, _, list, reason) => {
    expect(mayLoad(load(country), list)).toEqual(reason === null ? { allowed: true } : { allowed: false, reason });
  });

  test.each<Country>(['NL', 'BE', 'FR', 'LU'])(
    'every value of %s is dated and sourced, and the file is no legal advice',
    (country) => {
      const { country: of, disclaimer, ...values } = load(country);
      expect(of).toBe(country);
      expect(disclaimer).toContain('no legal advice');
      for (const value of Object.values(values)) {
        expect(value.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
        expect(value.sources.length).toBeGreaterThan(0);
      }
    },
  );

  test('a profile without a source, or of another country, is refused and nothing is read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'profile-'));
    try {
      cpSync(join(here, 'BE.yaml'), join(folder, 'NL.yaml'));
      expect(() => loadProfile('NL', folder)).toThrow(expect.objectContaining({ code: 'config/invalid-profile' }));
      expect(() => loadProfile('FR', folder)).toThrow(expect.objectContaining({ code: 'config/invalid-profile' }));
      const bare = readFileSync(join(here, 'LU.yaml'), 'utf8').replace('  sources: [Follows from reading]\n', '');
      writeFileSync(join(folder, 'LU.yaml'), bare);
      expect(readProfile(join(folder, 'LU.yaml')).problems).toMatchObject([{ key: 'authorities.sources' }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
