import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installationRoot } from '../../../config/foundation/installation.ts';
import { readYamlFile } from '../../../config/yaml/read-yaml.ts';
import { type Mosquitto, mosquittoInstalled, startMosquitto } from '../../broker/start-mosquitto.ts';
import { topics } from '../../broker/topics.ts';
import { withBroker } from '../../broker/with-broker.ts';
import { listDescriptionSchema } from '../../lists/list-description.ts';
import { TestAuthority, testFolder } from '../../lists/list-world.fixture.ts';
import { parseManifest } from '../../lists/manifest.ts';
import { makeNodeKey, type NodeKey, readNodeKey } from '../../lists/sealing/node-key.ts';
import { ListSeal } from '../../lists/sealing/seal.ts';
import { unwrapListKey } from '../../lists/sealing/wrap.ts';
import { gatherRetained } from '../fleet/gather-retained.ts';
import { buildListFolder } from './build-list-folder.ts';
import { objectionsOfLaw } from './law.ts';
import { publishList } from './publish-list.ts';

const examples = join(installationRoot(), 'config', 'examples', 'lists');
const names = ['stolen-vehicles', 'belgian-national', 'sis-vehicles', 'joint-team', 'border-control'] as const;
type Name = (typeof names)[number];

/** The example lists that each node of a small fleet may hold. */
const fleet: readonly { id: string; site: string; country: string; may: readonly Name[] }[] = [
  {
    id: 'nl-a16-hazeldonk-1',
    site: 'A16 Hazeldonk',
    country: 'NL',
    may: ['stolen-vehicles', 'sis-vehicles', 'joint-team', 'border-control'],
  },
  {
    id: 'nl-a58-roosendaal-1',
    site: 'A58 Roosendaal',
    country: 'NL',
    may: ['stolen-vehicles', 'sis-vehicles', 'border-control'],
  },
  { id: 'nl-a2-eijsden-1', site: 'A2 Eijsden', country: 'NL', may: ['stolen-vehicles', 'sis-vehicles'] },
  { id: 'be-e19-meer-1', site: 'E19 Meer', country: 'BE', may: ['stolen-vehicles', 'belgian-national', 'joint-team'] },
  { id: 'be-e40-lichtaart-1', site: 'E40', country: 'BE', may: ['stolen-vehicles', 'belgian-national'] },
  { id: 'fr-a1-roncq-1', site: 'A22 Roncq', country: 'FR', may: ['stolen-vehicles'] },
];

async function buildExample(name: Name) {
  const outcome = readYamlFile(join(examples, `${name}.yaml`), listDescriptionSchema);
  if (outcome.problems !== null) throw new Error(`${name}: ${JSON.stringify(outcome.problems)}`);
  const authority = new TestAuthority(outcome.value);
  const csv = [readFileSync(join(examples, `${name}.csv`), 'utf8')];
  const { description, folder } = authority;
  const built = await buildListFolder({ description, csv, folder, nowMs: Date.now() });
  if ('errors' in built) throw new Error(`${name}: ${JSON.stringify(built.errors)}`);
  return { authority, name: `${description.authority}/${description.list}`, built };
}

it('has an example of each kind of list, and every entry of it is one that the law of its nodes lets them load', async () => {
  for (const name of names) {
    const { built } = await buildExample(name);
    const countries = fleet.filter(({ may }) => may.includes(name)).map(({ country }) => country);
    expect(objectionsOfLaw({ ...built.manifest, actions: built.actions }, countries)).toEqual([]);
    expect(built.manifest.entries).toBeGreaterThan(1);
  }
});

describe.skipIf(!mosquittoInstalled())('five authorities at one broker', () => {
  let broker: Mosquitto;
  beforeAll(async () => {
    broker = await startMosquitto();
  });
  afterAll(() => broker.close());

  it('give each node the keys of its lists and no other, and each key opens its own list alone', async () => {
    const keyFolder = testFolder();
    const nodes = new Map<string, NodeKey>();
    for (const place of fleet) {
      await makeNodeKey(join(keyFolder, place.id), place);
      nodes.set(place.id, await readNodeKey(join(keyFolder, place.id)));
    }
    const lists = new Map<string, Name>();
    const retained = new Map<string, Buffer>();
    await withBroker({ url: broker.url }, async (link) => {
      for (const name of names) {
        const { authority, name: listed } = await buildExample(name);
        lists.set(listed, name);
        const { folder, signingKey } = authority;
        const publicKeys = [...nodes.values()].map((node) => node.publicKey);
        await publishList({ folder, link, broker: broker.url, signingKey, nodes: publicKeys, nowMs: Date.now() });
      }
      await gatherRetained(link, ['hazeldonk/v1/#'], ({ topic, payload }) => retained.set(topic, Buffer.from(payload)));
    });
    const keys = [...retained]
      .map(([topic, jwe]) => ({ words: topic.split('/'), jwe }))
      .filter(({ words }) => words[4] === 'keys');
    for (const { id, may } of fleet) {
      const held = keys.filter(({ words }) => words[3] === id).map(({ words }) => lists.get(`${words[5]}/${words[6]}`));
      expect(held.sort(), id).toEqual([...may].sort());
    }
    const checks = new Set<string>();
    for (const { words, jwe } of keys) {
      const [, , , id = '', , authority = '', list = ''] = words;
      const identity = { authority, list, generation: 1 };
      const { manifest } = parseManifest(retained.get(topics.listManifest(authority, list)) ?? Buffer.alloc(0));
      const node = nodes.get(id);
      if (node === undefined || manifest.state !== 'active') throw new Error(`nothing known of ${words.join('/')}`);
      const opened = new ListSeal(await unwrapListKey(jwe.toString(), identity, node), identity);
      expect(opened.keyCheck).toBe(manifest.keyCheck);
      checks.add(opened.keyCheck);
      const stranger = [...nodes.values()].find((one) => one.id !== id) as NodeKey;
      await expect(unwrapListKey(jwe.toString(), identity, stranger)).rejects.toMatchObject({
        code: 'list/bad-wrapped-key',
      });
    }
    expect(checks.size).toBe(names.length);
    const clear = ['1ABC234', '1-ABC-234', 'JIT-07', 'SIS-F', 'KMAR-1'];
    for (const [topic, payload] of retained)
      for (const word of clear) expect(payload.includes(word), topic).toBe(false);
  });
});
