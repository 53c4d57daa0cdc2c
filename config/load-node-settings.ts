import { dirname, join, resolve } from 'node:path';
import { Fault } from './foundation/fault.ts';
import { type NodeSettings, nodeSettingsSchema } from './node-settings.ts';
import { problemText, readYamlFile, type YamlOutcome } from './yaml/read-yaml.ts';

/** Reads node.yaml; relative paths in it begin at its own folder. Problems are a value: `anpr-node check` shows them all. */
export function readNodeSettings(
  file: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): YamlOutcome<NodeSettings> {
  const place = { folder: dirname(resolve(file)), credentialsFolder: environment.CREDENTIALS_DIRECTORY };
  return readYamlFile(file, nodeSettingsSchema(place));
}

/** As readNodeSettings, for whoever cannot go on without settings: throws `config/invalid` with one problem a line. */
export function loadNodeSettings(
  file: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): NodeSettings {
  return settingsOrFault(file, readNodeSettings(file, environment));
}

/** The settings of that file; throws `config/invalid` with one problem a line. */
export function settingsOrFault(file: string, outcome: YamlOutcome<NodeSettings>): NodeSettings {
  if (outcome.problems === null) return outcome.value;
  throw new Fault('config/invalid', outcome.problems.map((problem) => problemText(file, problem)).join('\n'));
}

/** The local console's socket: as configured, or in the data folder. */
export function consoleSocketPath(settings: NodeSettings): string {
  return settings.console.socketPath ?? join(settings.dataFolder, 'console.sock');
}
