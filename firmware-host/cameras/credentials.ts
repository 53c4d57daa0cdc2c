import { readFile } from 'node:fs/promises';
import { Fault } from '../../config/foundation/fault.ts';

/** Files that hold a camera's user name and password, each on one line. */
export interface CredentialFiles {
  readonly usernameFile?: string | undefined;
  readonly passwordFile?: string | undefined;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Read at each connection, so that a changed password needs no restart; null where the camera asks for none. */
export async function readCredentials(files: CredentialFiles): Promise<Credentials | null> {
  if (files.usernameFile === undefined) return null;
  return {
    username: await firstLine(files.usernameFile),
    password: files.passwordFile === undefined ? '' : await firstLine(files.passwordFile),
  };
}

async function firstLine(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).split(/\r?\n/, 1)[0] ?? '';
  } catch (cause) {
    throw new Fault('camera/no-credentials', `cannot read ${path}`, { cause });
  }
}
