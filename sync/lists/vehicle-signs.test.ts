import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installationRoot } from '../../config/foundation/installation.ts';
import { isoCodeOf, isVehicleSign, signMeantBy, signProblem } from './vehicle-signs.ts';

it('takes signs that countries far away use, the older beside the newer', () => {
  const inUse = ['C', 'CO', 'K', 'NAU', 'BF', 'BZ', 'MYA', 'NGR', 'Z'];
  for (const sign of [...inUse, 'CU', 'KH', 'BUR', 'WAN', 'RNR']) expect(signProblem(sign), sign).toBeNull();
});

it('tells who writes UK what readings call it, and not what stands on plates', () => {
  for (const code of ['UK', 'GBR']) expect(signProblem(code)).toBe(`${code}: readings name it GB; write GB`);
  expect(signProblem('DE')).toBe('DE: plates of Germany are written D');
  expect(signProblem('GER')).toContain('such as NL, B, F, L or D');
});

it('knows the ISO code of every country whose plates have a syntax, and takes it for that country', () => {
  const countries = readdirSync(join(installationRoot(), 'recognizer/syntax/countries'));
  const signs = countries.map((file) => file.replace('.json', ''));
  const codes = signs.map((sign) => isoCodeOf(sign) ?? sign);
  expect(new Set(codes).size).toBe(signs.length);
  for (const [at, code] of codes.entries()) {
    expect(code).toMatch(/^[A-Z]{2}$/);
    expect(isVehicleSign(code) ? code : signMeantBy(code)).toBe(signs[at]);
  }
});

it.each([
  ['RKS', 'XK'],
  ['GBZ', 'GI'],
  ['GBG', 'GG'],
  ['GR', 'GR'],
  ['GB', 'GB'],
  ['FL', 'LI'],
  ['UK', 'GB'],
  ['EL', 'GR'],
  ['DEU', 'DE'],
  ['USA', null],
  ['other', null],
])('gives the ISO code of %s as %s', (text, code) => expect(isoCodeOf(text)).toBe(code));
