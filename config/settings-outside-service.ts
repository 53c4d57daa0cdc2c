import { dirname, resolve } from 'node:path';
import { settingsOrFault } from './load-node-settings.ts';
import { type NodeSettings, nodeSettingsSchema } from './node-settings.ts';
import { readYamlFile, type YamlOutcome } from './yaml/read-yaml.ts';

/**
 * As readNodeSettings, for a command beside the service. systemd gives credentials to the service alone, so that one is missing here
 * says nothing of the settings: it stays `credential:NAME` (see credentialName), and only whoever has to read it refuses it.
 */
export function readSettingsOutsideService(
  file: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): YamlOutcome<NodeSettings> {
  const folder = dirname(resolve(file));
  const credentialsFolder = environment.CREDENTIALS_DIRECTORY;
  return readYamlFile(file, nodeSettingsSchema({ folder, credentialsFolder, credentialsElsewhere: true }));
}

/** As readSettingsOutsideService, for whoever cannot go on without settings: throws `config/invalid` with one problem a line. */
export function loadSettingsOutsideService(
  file: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): NodeSettings {
  return settingsOrFault(file, readSettingsOutsideService(file, environment));
}
