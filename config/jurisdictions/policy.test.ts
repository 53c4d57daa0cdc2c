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

  /** Authority, purpose, actions, and for a node in NL, BE, FR and LU: + loaded, a authority, p purpose, x action, - no legal basis. */
  const table = `
    NL-POLICE       stolen-vehicle      stop                              + + + -
    NL-POLICE       stolen-plate        observe                           + + + -
    NL-POLICE       unpaid-fines        stop                              + p p -
    NL              wanted-person       stop                              + + p -
    NL-KMAR         border-control      stop                              + + p -
    NL-KMAR         terrorism           discreet-check                    + + + -
    BE-POLICE       stolen-vehicle      stop                              + + + -
    BE-POLICE       traffic-offence     stop                              p + p -
    BE-POLICE       missing-person      observe                           + + p -
    BE-DOUANE       smuggling           stop                              p p + -
    FR-GENDARMERIE  stolen-vehicle      stop                              + + + -
    FR-GENDARMERIE  organised-crime     observe,stop                      + + + -
    FR-DOUANE       smuggling           stop                              p p + -
    FR-SIRENE       sis-alert           discreet-check,inquiry-check      + + + -
    FR-SIRENE       sis-alert           specific-check                    + + + -
    LU-POLICE       stolen-vehicle      stop                              + + + -
    LU-POLICE       investigation-team  observe                           + + + -
    DE-POLICE       stolen-vehicle      stop                              a a a -
    NLPOLICE        stolen-vehicle      stop                              a a a -
    nl-POLICE       stolen-vehicle      stop                              a a a -
    B               stolen-vehicle      stop                              a a a -
    NL-POLICE       Stolen-vehicle      stop                              p p p -
    NL-POLICE       stolen              stop                              p p p -
    BE-POLICE       stolen-vehicle      shoot                             x x x -
    BE-POLICE       stolen-vehicle      stop,shoot                        x x x -
    FR-GENDARMERIE  stolen-vehicle      STOP                              x x x -
    DE-POLICE       unpaid-fines        shoot                             a a a -
    NL-POLICE       unpaid-fines        shoot                             x p p -
  `;
  const nodes: readonly Country[] = ['NL', 'BE', 'FR', 'LU'];
  const cases = table
    .trim()
    .split('\n')
    .flatMap((row) => {
      const [authority = '', purpose = '', actions = '', ...outcomes] = row.trim().split(/ +/);
      return nodes.map((country, i) => {
        const list: PolicyList = { authority, purpose, actions: actions.split(',') };
        return { country, authority, purpose, actions, list, outcome: outcomes[i] ?? '?' };
      });
    });

  function reasonOf(outcome: string, { country, authority, purpose, list }: (typeof cases)[number]): string | null {
    const allowed = ['stop', 'observe', 'discreet-check', 'inquiry-check', 'specific-check'];
    switch (outcome) {
      case '+':
        return null;
      case 'a':
        return `authority not allowed in ${country}: ${authority}`;
      case 'p':
        return `purpose not allowed in ${country}: ${purpose}`;
      case 'x':
        return `action not allowed in ${country}: ${list.actions.find((action) => !allowed.includes(action))}`;
      case '-':
        return 'inhibited: no legal basis';
      default:
        throw new Error(`no outcome ${outcome}`);
    }
  }

  test('the table has every country for at least sixty cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(60);
    expect(new Set(cases.map(({ outcome }) => outcome))).toEqual(new Set(['+', 'a', 'p', 'x', '-']));
  });

  test.each(cases)('a node in $country, a list of $authority for $purpose asking to $actions: $outcome', (one) => {
    const reason = reasonOf(one.outcome, one);
    expect(mayLoad(load(one.country), one.list)).toEqual(
      reason === null ? { allowed: true } : { allowed: false, reason },
    );
  });

  test('a purpose left empty is no purpose', () => {
    expect(mayLoad(load('BE'), { ...stolen, purpose: '' }).allowed).toBe(false);
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
