import { readFileSync } from 'node:fs';
import type { IClientOptions } from 'mqtt';
import { Fault } from '../../config/foundation/fault.ts';

/** Files a broker connection needs; they are read anew at each connection, so a renewed certificate needs no restart. */
export interface BrokerCredentials {
  readonly caFile?: string | undefined;
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly usernameFile?: string | undefined;
  readonly passwordFile?: string | undefined;
}

/**
 * TLS material and log-in for MQTT.js. Server certificates are always verified; there is no switch to turn that off.
 * Throws `broker/credentials-unreadable`.
 */
export function credentialOptions(files: BrokerCredentials): IClientOptions {
  const options: IClientOptions = { rejectUnauthorized: true };
  if (files.caFile !== undefined) options.ca = read(files.caFile);
  if (files.certificateFile !== undefined) options.cert = read(files.certificateFile);
  if (files.keyFile !== undefined) options.key = read(files.keyFile);
  if (files.usernameFile !== undefined) options.username = readLine(files.usernameFile);
  if (files.passwordFile !== undefined) options.password = readLine(files.passwordFile);
  return options;
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Fault('broker/credentials-unreadable', `cannot read ${path}`, { cause });
  }
}

function readLine(path: string): string {
  return read(path).toString('utf8').trim();
}
