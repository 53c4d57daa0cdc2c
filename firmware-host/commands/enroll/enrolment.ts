import { resolve } from 'node:path';
import { z } from 'zod';
import { credentialName } from '../../../config/credential.ts';
import { Fault } from '../../../config/foundation/fault.ts';
import { nodePlace } from '../../../config/node-place.ts';
import { loadSettingsOutsideService } from '../../../config/settings-outside-service.ts';
import { explain } from '../../../config/yaml/explain.ts';
import type { NodePlace } from '../../../sync/lists/area.ts';
import { makeNodeKey, nodeKeyPath, type PublicNodeKey, readNodeKey } from '../../../sync/lists/sealing/node-key.ts';

/** Which node, and where its key is: by its settings, or by options where there are none yet. */
export interface EnrollOptions {
  readonly config?: string;
  readonly key?: string;
  readonly node?: string;
  readonly site?: string;
  readonly country?: string;
}

/** A node's public halves, and the file that holds the secret ones. */
export interface Enrolment {
  readonly keyFile: string;
  readonly publicKey: PublicNodeKey;
}

/** Makes a node's key pairs. Throws `enroll/...` before anything is written, and `node-key/...`. */
export async function makeEnrolment(options: EnrollOptions): Promise<Enrolment> {
  const { keyFile, place } = told(options);
  const { id, site = '', country = '' } = place;
  if (keyFile === undefined || id === undefined)
    throw new Fault('enroll/incomplete', 'say which node this is: --config node.yaml, or --key FILE with --node ID');
  const credential = credentialName(keyFile);
  if (credential !== null)
    throw new Fault(
      'enroll/credential',
      `${options.config} has the key from ${keyFile}, which nothing writes: make it with --key FILE, then seal it and remove it: ` +
        `systemd-creds encrypt --with-key=tpm2 --name=${credential} FILE /etc/credstore.encrypted/${credential} && shred -u FILE`,
    );
  return { keyFile, publicKey: await makeNodeKey(keyFile, { id, site, country }) };
}

/** The public halves of keys that were made before, with the place they were made for. Throws `enroll/...` and `node-key/...`. */
export async function earlierEnrolment(options: EnrollOptions): Promise<Enrolment> {
  const { keyFile: named, place, said } = told(options);
  if (named === undefined)
    throw new Fault('enroll/incomplete', 'say where the key is: --config node.yaml, or --key FILE');
  // A key that is named here is meant itself, whatever systemd gives the service.
  const keyFile = options.key ?? nodeKeyPath(named);
  const credential = credentialName(keyFile);
  if (credential !== null)
    throw new Fault(
      'enroll/credential',
      `${keyFile} is given to the service alone; have it given to this command: systemd-run --pipe --wait ` +
        `--property=LoadCredentialEncrypted=${credential} anpr-node enroll --show --config ${resolve(options.config ?? '')}`,
    );
  const { publicKey } = await readNodeKey(keyFile, {});
  const { kid: id, site, country } = publicKey;
  refuseOther({ ...said, ...(place.id !== undefined && { id: place.id }) }, { id, site, country }, keyFile);
  return { keyFile, publicKey };
}

interface Told {
  readonly keyFile: string | undefined;
  readonly place: Partial<NodePlace>;
  /** What of the place the options said themselves. */
  readonly said: Partial<NodePlace>;
}

function told(options: EnrollOptions): Told {
  const said = placeSaid(options);
  if (options.config === undefined) return { keyFile: options.key, place: said, said };
  const { node, keys } = loadSettingsOutsideService(options.config);
  refuseOther(said, node, options.config);
  return { keyFile: options.key ?? keys.nodeKeyFile, place: node, said };
}

/** As the settings would have to say it: a node that is enrolled under another name never gets a list. */
function placeSaid({ node, site, country }: EnrollOptions): Partial<NodePlace> {
  const said = Object.fromEntries(Object.entries({ id: node, site, country }).filter(([, text]) => text !== undefined));
  const schema = nodePlace.partial();
  const parsed = schema.safeParse(said, { reportInput: true });
  if (parsed.success) return said;
  const jsonSchema = z.toJSONSchema(schema, { io: 'input' });
  const problems = parsed.error.issues.flatMap((issue) => explain(issue, jsonSchema, said));
  throw new Fault(
    'enroll/not-valid',
    problems.map(({ path, message }) => `--${wordOf[String(path[0])]} ${message}`).join('\n'),
  );
}

const wordOf: Readonly<Record<string, string>> = { id: 'node', site: 'site', country: 'country' };

/** Two names for one node end as a node that waits for lists under the other name. */
function refuseOther(asked: Partial<NodePlace>, known: NodePlace, where: string): void {
  const other = (['id', 'site', 'country'] as const).filter(
    (part) => asked[part] !== undefined && asked[part] !== known[part],
  );
  if (other.length === 0) return;
  const differences = other.map((part) => `${wordOf[part]} "${known[part]}", not "${asked[part]}"`);
  throw new Fault('enroll/other-node', `${where} says ${differences.join(', ')}; correct the one that is wrong`);
}
