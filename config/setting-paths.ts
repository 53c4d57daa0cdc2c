import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { credentialName } from './credential.ts';

/** Where relative paths of a settings file begin, and where systemd put the service's credentials (if it did). */
export interface SettingsPlace {
  readonly folder: string;
  readonly credentialsFolder?: string | undefined;
  /** For whom the settings are read outside the service: a credential that is not here stays `credential:NAME`. */
  readonly credentialsElsewhere?: boolean;
}

/** The settings that name a file or a folder, read in this place. */
export function settingPaths(place: SettingsPlace) {
  const path = (help: string) =>
    z
      .string()
      .min(1)
      .max(1024)
      .transform((text, context) => {
        const credential = credentialName(text);
        if (credential === null) return isAbsolute(text) ? text : resolve(place.folder, text);
        if (place.credentialsFolder) return resolve(place.credentialsFolder, credential);
        if (place.credentialsElsewhere) return text;
        context.addIssue({
          code: 'custom',
          message: 'names a systemd credential, but the service was started without any',
        });
        return z.NEVER;
      })
      .describe(help);
  const secretFile = (help: string) =>
    path(`${help} A file readable by the service alone, or credential:NAME for a systemd credential.`);
  return { path, secretFile };
}
