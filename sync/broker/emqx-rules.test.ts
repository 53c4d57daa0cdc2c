import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installationRoot } from '../../config/foundation/installation.ts';
import { accessCases, everyTopic } from './access-cases.test-data.ts';
import { type ErlangTerm, readErlangTerms } from './erlang-terms.fixture.ts';
import { topicMatches } from './topic-filter.ts';

const folder = join(installationRoot(), 'config', 'broker');
const rules = readErlangTerms(readFileSync(join(folder, 'emqx-acl.conf'), 'utf8')).map(readRule);

type Action = 'publish' | 'subscribe' | 'all';
interface Who {
  readonly username: string;
  readonly clientid: string;
}
interface Rule {
  readonly allow: boolean;
  readonly who: (client: Who) => boolean;
  readonly action: Action;
  readonly topics: readonly string[];
}

/**
 * The meaning of EMQX's rules as its documentation gives it (https://docs.emqx.com/en/emqx/latest/access-control/authz/file.html):
 * `{allow | deny, Who, Action, [Topic]}.` or `{allow | deny, all}.`; the first that fits decides; `${username}` is filled in.
 * Throws at everything that EMQX would not load.
 */
function readRule(term: ErlangTerm): Rule {
  if (!('tuple' in term)) throw new Error('a rule is a tuple');
  const [permission, who, action, topics] = term.tuple;
  const allow = atomOf(permission) === 'allow';
  if (!allow && atomOf(permission) !== 'deny') throw new Error('a rule begins with allow or deny');
  if (term.tuple.length === 2) {
    if (atomOf(who) !== 'all') throw new Error('a rule of two is for all');
    return { allow, who: () => true, action: 'all', topics: ['#'] };
  }
  if (term.tuple.length !== 4 || topics === undefined || !('list' in topics)) throw new Error('a rule has four parts');
  const said = atomOf(action);
  if (said !== 'publish' && said !== 'subscribe' && said !== 'all') throw new Error(`no action: ${said}`);
  return { allow, who: readWho(who), action: said, topics: topics.list.map(textOf) };
}

function readWho(term: ErlangTerm | undefined): Rule['who'] {
  if (term !== undefined && 'atom' in term && term.atom === 'all') return () => true;
  if (term === undefined || !('tuple' in term)) throw new Error('who is all or a tuple');
  const [kind, value] = term.tuple;
  const name = atomOf(kind);
  if (name === 'and' && value !== undefined && 'list' in value) {
    const parts = value.list.map(readWho);
    return (client) => parts.every((part) => part(client));
  }
  if (name !== 'username' && name !== 'clientid') throw new Error(`who is ${name}`);
  if (value !== undefined && 'text' in value) return (client) => client[name] === value.text;
  if (value !== undefined && 'tuple' in value && atomOf(value.tuple[0]) === 're') {
    const pattern = new RegExp(textOf(value.tuple[1]));
    return (client) => pattern.test(client[name]);
  }
  throw new Error('a name is a text or {re, text}');
}

function atomOf(term: ErlangTerm | undefined): string {
  if (term === undefined || !('atom' in term)) throw new Error('an atom expected');
  return term.atom;
}

function textOf(term: ErlangTerm | undefined): string {
  if (term === undefined || !('text' in term)) throw new Error('a text expected');
  return term.text;
}

/** As EMQX writes it. */
const placeholder = '$' + '{username}';

function may(client: Who, action: 'publish' | 'subscribe', topic: string): boolean {
  const rule = rules.find(
    (one) =>
      one.who(client) &&
      (one.action === 'all' || one.action === action) &&
      one.topics.some((filter) => topicMatches(filter.replaceAll(placeholder, client.username), topic)),
  );
  return rule?.allow ?? false;
}

describe('the rules for EMQX that come with the product', () => {
  // EMQX knows no rule for a listener: whoever bears no name of the centre is a node there, and may read the sealed lists.
  const known = accessCases.filter((one) => one.client.name !== 'nobody');
  const ofCentre = new Set(known.filter(({ client }) => client.side === 'centre').map(({ client }) => client.name));

  it.each(known.map((one) => [`${one.client.name} of the ${one.client.side}`, one] as const))(
    'let %s do what is its own, and nothing else',
    (_, { client, publishes, reads }) => {
      // On the listener of the nodes EMQX takes the certificate's name for the client id too (peer_cert_as_clientid).
      const who = { username: client.name, clientid: client.side === 'nodes' ? client.name : 'hazeldonk-0190' };
      // A node with a name of the centre's gets less here than at Mosquitto: nothing at all.
      const none = client.side === 'nodes' && ofCentre.has(client.name);
      expect(everyTopic.filter((topic) => may(who, 'publish', topic))).toEqual(
        everyTopic.filter((topic) => publishes.includes(topic) && !none),
      );
      expect(everyTopic.filter((topic) => may(who, 'subscribe', topic))).toEqual(
        everyTopic.filter((topic) => reads.includes(topic) && !none),
      );
    },
  );

  it('give nothing to a name that means something in a topic', () => {
    for (const name of ['+', '#', 'a/b', '', 'gantry-7\u0000'].filter((one) => one !== ''))
      for (const topic of everyTopic) {
        expect(may({ username: name, clientid: name }, 'subscribe', topic)).toBe(false);
        expect(may({ username: name, clientid: name }, 'publish', topic)).toBe(false);
      }
  });

  it('end with a refusal of everything else', () => {
    expect(rules.at(-1)).toMatchObject({ allow: false, action: 'all' });
    expect(() => readErlangTerms('{allow, all}')).toThrow();
    expect(() => readErlangTerms('{allow, all]. ')).toThrow();
  });

  it('come with a configuration that asks for certificates, takes names from them, and uses these rules', () => {
    const text = readFileSync(join(folder, 'emqx.conf'), 'utf8');
    const opens = text.match(/[{[]/g)?.length;
    expect(text.match(/[}\]]/g)?.length).toBe(opens);
    for (const line of ['verify = verify_peer', 'fail_if_no_peer_cert = true', 'peer_cert_as_username = cn'])
      expect(text.split(line).length - 1, line).toBe(2);
    for (const line of ['peer_cert_as_clientid = cn', 'no_match = deny', 'path = "etc/emqx-acl.conf"'])
      expect(text).toContain(line);
  });
});
