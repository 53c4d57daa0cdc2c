import { topics } from './topics.ts';

/** A client by its certificate, and on which listener it comes. */
export interface Client {
  readonly name: string;
  readonly side: 'nodes' | 'centre';
}

export interface AccessCase {
  readonly client: Client;
  readonly publishes: readonly string[];
  readonly reads: readonly string[];
}

const hit = '01890a5d-ac96-774b-bcce-b302099a8057';
const sha256 = 'ab'.repeat(32);

const ofNode = (node: string) => ({
  publishes: [
    topics.hits(node),
    topics.evidence(node, hit, 'plate'),
    topics.evidence(node, hit, 'scene'),
    topics.presence(node),
    topics.health(node),
  ],
  reads: [topics.receipts(node), topics.verdicts(node), topics.listKey(node, 'NL', 'stolen', 1)],
});

const manifest = topics.listManifest('NL', 'stolen');
const lists = [manifest, topics.listBlob('NL', 'stolen', sha256)];
const strange = ['hazeldonk/v1/nodes/gantry-7', 'hazeldonk/v1/nodes/gantry-7/hits/more', 'hazeldonk/v1', 'other'];
const onvif = 'gantry-7/onvif-ej/RuleEngine/Recognition/LicensePlate/&left/hazeldonk';
const nodes = ['gantry-7', 'gantry-70', 'centre', 'fleet'];
/** What the broker keeps for and of a node, which goes when it is struck off. */
const leftOf = (node: string) => [topics.listKey(node, 'NL', 'stolen', 1), topics.presence(node), topics.health(node)];

/** Every topic that the product uses, for several nodes, and some that it does not. */
export const everyTopic: readonly string[] = [
  ...nodes.flatMap((node) => [...ofNode(node).publishes, ...ofNode(node).reads]),
  ...lists,
  topics.centreReady,
  onvif,
  ...strange,
];

const client = (name: string, side: Client['side'] = 'centre'): Client => ({ name, side });

/** Who may do what: whatever is not listed here must be refused. The same table judges every broker's rules. */
export const accessCases: readonly AccessCase[] = [
  ...nodes.map((name) => ({
    client: client(name, 'nodes'),
    publishes: ofNode(name).publishes,
    reads: [...ofNode(name).reads, ...lists, topics.centreReady],
  })),
  {
    client: client('centre'),
    publishes: [...nodes.flatMap((node) => [topics.receipts(node), topics.verdicts(node)]), topics.centreReady],
    reads: nodes.flatMap((node) => ofNode(node).publishes),
  },
  {
    client: client('lists'),
    publishes: [...lists, ...nodes.map((node) => topics.listKey(node, 'NL', 'stolen', 1))],
    reads: [],
  },
  {
    client: client('fleet'),
    publishes: nodes.flatMap(leftOf),
    reads: [manifest, ...nodes.flatMap(leftOf)],
  },
  { client: client('onvif-bridge'), publishes: [onvif], reads: nodes.map((node) => topics.hits(node)) },
  { client: client('vms'), publishes: [], reads: [onvif] },
  { client: client('nobody'), publishes: [], reads: [] },
];
