import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../foundation/fault.ts';
import { installationRoot } from '../foundation/installation.ts';
import { problemText, readYamlFile, type YamlOutcome } from '../yaml/read-yaml.ts';

/** A value of the law is worth nothing without its date and source, so neither can be left out. */
const sourced = <T extends z.ZodType>(value: T, help: string) =>
  z
    .strictObject({
      value,
      asOf: z.iso.date().describe('The day for which the sources say so.'),
      sources: z
        .array(z.string().min(4))
        .min(1)
        .describe('Law, article or publication, with address where there is one.'),
      note: z.string().min(1).optional().describe('What a person who changes the value should know.'),
    })
    .describe(help);

const token = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and hyphens');
const authority = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}\*?$/, 'must be a name, or the beginning of names followed by *');

/** What one country's law lets a node do; thin now, an authority's to change. */
export const profileSchema = z.strictObject({
  country: z.enum(['NL', 'BE', 'FR', 'LU']),
  disclaimer: z.string().regex(/no legal advice/, 'must say that it is no legal advice'),
  reading: sourced(z.boolean(), 'Whether plates may be read here at all.'),
  authorities: sourced(
    z.array(authority),
    'Authorities whose lists may be loaded; NL-* stands for all that begin with NL-.',
  ),
  purposes: sourced(z.array(token), 'Purposes whose lists may be loaded.'),
  actions: sourced(z.array(token), 'Actions that lists and entries may ask for.'),
  hitRetentionDays: sourced(
    z.int().min(0).max(365),
    'How many days the pictures of a hit may stay on the node once the centre has confirmed the hit. The hit itself leaves then.',
  ),
  occupantsVisible: sourced(z.boolean(), 'Whether the picture of a hit may show who sits in the vehicle.'),
});

export type Profile = z.infer<typeof profileSchema>;
export type Country = Profile['country'];

/** Reads one profile file; what is wrong with it is a value. */
export function readProfile(file: string): YamlOutcome<Profile> {
  return readYamlFile(file, profileSchema);
}

/** The profile of a country as it was installed. Throws `config/invalid-profile`: without a sound one nothing may be read. */
export function loadProfile(country: Country, folder = join(installationRoot(), 'config', 'jurisdictions')): Profile {
  const file = join(folder, `${country}.yaml`);
  const outcome = readProfile(file);
  if (outcome.problems !== null)
    throw new Fault('config/invalid-profile', outcome.problems.map((problem) => problemText(file, problem)).join('\n'));
  if (outcome.value.country !== country)
    throw new Fault('config/invalid-profile', `${file} is the profile of ${outcome.value.country}`);
  return outcome.value;
}
