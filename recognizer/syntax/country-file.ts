import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../../config/foundation/fault.ts';
import { installationRoot } from '../../config/foundation/installation.ts';

const code = z.string().regex(/^[A-Z]{1,3}$/);
const plateText = z.string().regex(/^[0-9A-Z]{1,12}$/);
const letters = z.string().regex(/^[A-Z-]{1,40}$/);
const list = z
  .union([
    z
      .string()
      .max(8000)
      .transform((line) => [line]),
    z.array(z.string().max(200)).max(200),
  ])
  .transform((lines) => [...new Set(lines.join(' ').split(' '))])
  .pipe(z.array(plateText).min(1));
const expression = z.string().max(100).refine(compiles, 'not a regular expression');

const seriesSchema = z.strictObject({
  name: z.string().min(1),
  /** Relative to the other series of the country: roughly how many of its vehicles on the road carry such a plate. */
  share: z.number().positive(),
  /** Letters of `L` where they differ from the country's. */
  letters: letters.optional(),
  /** Texts in which this expression is found are not issued. */
  never: expression.optional(),
  /** No text of this series has more characters. */
  longest: z.number().int().min(1).max(12).default(12),
  formats: z.array(z.string().min(1).max(80)).min(1),
  examples: z.array(plateText).min(1),
});

/** A file of recognizer/syntax/countries: what one country writes on its plates. */
export const countryFileSchema = z.strictObject({
  /** International vehicle registration code. */
  country: code,
  /** Codes that data made under an earlier name may use. */
  formerly: z.array(code).default([]),
  name: z.string().min(1),
  sources: z.array(z.string().min(1)).min(1),
  remarks: z.array(z.string()).default([]),
  letters: letters.default('A-Z'),
  never: expression.optional(),
  /** Share of plates that follow no series: of one's own choice, or simply not known here. */
  personal: z.number().min(0.0005).max(0.2).default(0.005),
  lists: z.record(z.string().regex(/^[a-z]+$/), list).default({}),
  series: z.array(seriesSchema).min(1),
  /** Texts of plates of other countries, or of no country, that no series may take for its own. */
  nearMisses: z.array(plateText).min(1),
});

export type CountryFile = z.infer<typeof countryFileSchema>;

/** Every country file of the installation. Fault: `syntax/bad-country-file`. */
export function readCountryFiles(): readonly CountryFile[] {
  const folder = join(installationRoot(), 'recognizer', 'syntax', 'countries');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => parseCountryFile(name, readFileSync(join(folder, name), 'utf8')));
}

/** Reads the text of one country file. Fault: `syntax/bad-country-file`. */
export function parseCountryFile(name: string, text: string): CountryFile {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new Fault('syntax/bad-country-file', `${name} is no JSON`, { cause });
  }
  const file = countryFileSchema.safeParse(document);
  if (file.success) return file.data;
  const [issue] = file.error.issues;
  throw new Fault('syntax/bad-country-file', `${name}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function compiles(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
