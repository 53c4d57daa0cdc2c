import { join } from 'node:path';
import { installationRoot } from '../../config/foundation/installation.ts';
import { mayRead } from '../../config/jurisdictions/policy.ts';
import { loadProfile } from '../../config/jurisdictions/profile.ts';
import type { NodeSettings } from '../../config/node-settings.ts';
import { readSettingsOutsideService } from '../../config/settings-outside-service.ts';
import { problemText } from '../../config/yaml/read-yaml.ts';
import { clockState } from '../health/clock-state.ts';
import { judgeClock } from '../health/health.ts';
import { checkBroker } from './check-broker.ts';
import { checkCamera } from './check-camera.ts';
import { checkConsoleUsers } from './check-console-users.ts';
import { checkCredentials, checkDataFolder, checkNodeKey, checkSerialPort, checkTrust } from './check-files.ts';
import { checkModels } from './check-models.ts';
import { checkRecipients } from './check-recipients.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

export interface CheckOptions {
  readonly cameraDeadlineMs: number;
  readonly brokerDeadlineMs: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Looks at everything a node needs, from the file outwards; what is found is told as it is found. */
export async function* checkNode(file: string, options: CheckOptions): AsyncGenerator<Finding, void, undefined> {
  const outcome = readSettingsOutsideService(file, options.environment);
  if (outcome.problems !== null) {
    for (const problem of outcome.problems)
      yield fail('settings', problemText(file, problem), 'correct it, then check again');
    return;
  }
  const settings = outcome.value;
  yield ok('settings', `${file}, node ${settings.node.id}`);
  const reading = mayRead(loadProfile(settings.node.country));
  yield reading.allowed
    ? ok('law', `plates may be read in ${settings.node.country} according to its profile`)
    : warn('law', `${settings.node.country}: ${reading.reason}`, 'this node will start and read nothing');
  yield checkDataFolder(settings);
  yield await checkNodeKey(settings, options.environment);
  yield* checkTrust(settings);
  yield* await checkRecipients(settings);
  yield* checkCredentials(settings, options.environment);
  yield* await checkModels(modelsFolder(settings));
  yield await checkClock();
  const serial = checkSerialPort(settings);
  if (serial !== null) yield serial;
  yield checkConsoleUsers(settings);
  yield await checkBroker(settings, options.brokerDeadlineMs);
  // Where nothing may be read, no camera is opened, not even to see whether it works.
  if (reading.allowed) for (const camera of settings.cameras) yield await checkCamera(camera, options.cameraDeadlineMs);
}

function modelsFolder(settings: NodeSettings): string {
  return settings.recognizer.modelsFolder ?? join(installationRoot(), 'recognizer', 'models');
}

async function checkClock(): Promise<Finding> {
  const { level, cause, advice } = judgeClock(await clockState());
  if (level === 'unknown')
    return warn('clock', cause, 'make sure that a time service runs (systemd-timesyncd, chrony)');
  return { item: 'clock', level, found: cause, advice };
}
