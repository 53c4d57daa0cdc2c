import { constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Fault } from '../../config/foundation/fault.ts';
import type { NodeSettings } from '../../config/node-settings.ts';
import { nodeKeyPath, readNodeKey, signingKeyOf } from '../../sync/lists/sealing/node-key.ts';
import { TrustStore } from '../../sync/lists/trust.ts';
import { endingCertificate } from '../../sync/uplink/health.ts';
import { certificateDaysLeft } from '../health/certificate-days.ts';
import { diskSpace } from '../health/disk-space.ts';
import { judgeDisk } from '../health/health.ts';
import { elsewhere } from './elsewhere.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { may } from './may.ts';
import { secretFinding } from './secret-finding.ts';
import { statOf } from './stat-of.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder for lists and hits: there, writable, with room. */
export function checkDataFolder({ dataFolder }: NodeSettings): Finding {
  const item = 'data folder';
  const advice = 'make it, owned by the user that runs the node, with mode 700';
  const there = statOf(dataFolder);
  if (there === 'missing') {
    if (may(nearestFolder(dataFolder), constants.W_OK | constants.X_OK))
      return ok(item, `${dataFolder} is not there yet; the node will make it`);
    return fail(item, `${dataFolder} is not there and cannot be made`, advice);
  }
  if ('reason' in there)
    return fail(item, `${dataFolder}: ${there.reason}`, 'correct dataFolder, or the rights on its way');
  if (!there.isDirectory()) return fail(item, `${dataFolder} is not a folder`, advice);
  if (!may(dataFolder, constants.W_OK | constants.X_OK)) return fail(item, `${dataFolder} cannot be written`, advice);
  const { level, cause, advice: more } = judgeDisk(diskSpace(dataFolder));
  return { item, level: level === 'unknown' ? 'warn' : level, found: `${dataFolder}, ${cause}`, advice: more };
}

/** The node's own key, where this node has it from: readable by the service alone, and this node's. */
export async function checkNodeKey({ node, keys }: NodeSettings, environment?: Environment): Promise<Finding> {
  const item = 'node key';
  const file = nodeKeyPath(keys.nodeKeyFile, environment);
  const away = elsewhere(item, [file]);
  if (away !== null) return away;
  try {
    const key = await readNodeKey(file, {});
    if (key.id !== node.id)
      return fail(
        item,
        `${file} is the key of ${key.id}, not of ${node.id}`,
        'set it aside and enrol this node (anpr-node enroll), or correct node.id',
      );
    signingKeyOf(key);
    return secretFinding(item, file, environment);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.code === 'node-key/no-signing-key')
      return fail(item, `${file} has no key to sign hits with`, 'set it aside and enrol again: anpr-node enroll');
    return fail(
      item,
      `${file} holds no node key that can be read`,
      'make one with: anpr-node enroll --config FILE; one that systemd gives is named credential:node-key',
    );
  }
}

/** Each authority's public key. */
export function checkTrust({ trust }: NodeSettings): readonly Finding[] {
  if (trust.authorities.length === 0)
    return [warn('trust', 'no authority', 'name the authorities whose lists this node is to accept')];
  return trust.authorities.map((one) => {
    const item = `trust ${one.authority}`;
    const away = elsewhere(item, [one.publicKeyFile]);
    if (away !== null) return away;
    try {
      TrustStore.fromFiles([one]);
      return ok(item, one.publicKeyFile);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return fail(item, error.message, 'ask the authority for its public key (Ed25519, PEM)');
    }
  });
}

/** The files of the broker connection and of the cameras' log-ins. */
export function checkCredentials({ broker, cameras }: NodeSettings, environment?: Environment): readonly Finding[] {
  const secrets: [item: string, file: string | undefined][] = [
    ['broker key', broker.keyFile],
    ['broker user', broker.usernameFile],
    ['broker password', broker.passwordFile],
  ];
  for (const { name, source } of cameras) {
    if (source.kind !== 'rtsp' && source.kind !== 'mjpeg') continue;
    secrets.push([`camera ${name} user`, source.usernameFile], [`camera ${name} password`, source.passwordFile]);
  }
  return [
    ...secrets.flatMap(([item, file]) => (file === undefined ? [] : [secretFinding(item, file, environment)])),
    ...(broker.caFile === undefined ? [] : [certificateFinding('broker authority', broker.caFile)]),
    ...(broker.certificateFile === undefined ? [] : [certificateFinding('broker certificate', broker.certificateFile)]),
  ];
}

/** The device of the serial console. */
export function checkSerialPort({ console: { serialPort } }: NodeSettings): Finding | null {
  const item = 'serial console';
  if (serialPort === undefined) return null;
  const device = statOf(serialPort);
  if (device === 'missing')
    return fail(item, `${serialPort} is not there`, 'plug it in, or correct console.serialPort');
  if ('reason' in device)
    return fail(item, `${serialPort}: ${device.reason}`, 'correct console.serialPort, or the rights on its way');
  if (!device.isCharacterDevice()) return fail(item, `${serialPort} is no device`, 'correct console.serialPort');
  if (!may(serialPort, constants.R_OK | constants.W_OK))
    return fail(
      item,
      `${serialPort} may not be opened`,
      'put the user that runs the node into its group (often dialout)',
    );
  return ok(item, serialPort);
}

function certificateFinding(item: string, file: string): Finding {
  const away = elsewhere(item, [file]);
  if (away !== null) return away;
  const days = certificateDaysLeft(file);
  if (days === null) return fail(item, `${file} holds no certificate that can be read`, 'put a PEM certificate there');
  if (days < 0) return fail(item, `${file} expired ${-days} days ago`, 'have a new one issued, and check the clock');
  if (endingCertificate(days) !== null) return warn(item, `${file} ends in ${days} days`, 'have a new one issued');
  return ok(item, `${file}, ${days} days left`);
}

/** The part of the path that exists already. */
function nearestFolder(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) || parent === path ? parent : nearestFolder(parent);
}
