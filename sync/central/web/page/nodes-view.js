import { element } from './element.js';
import { nodeMap } from './node-map.js';
import { ago, clockTime, nowMs, span } from './times.js';

/** @typedef {import('../hit-view.ts').NodeView} NodeView */

/** A node says how it is each minute; after this long without it, it is late. */
const lateAfterMs = 150_000;

/**
 * `reads` is what all should say; the others are said first.
 * @param {NodeView} node
 * @returns {'online' | 'late' | 'inhibited' | 'stopped' | 'lost' | 'never heard'}
 */
export function nodeState({ presence, health, healthMs }) {
  if (presence === null && health === null) return 'never heard';
  if (presence !== null && presence.state !== 'online') return presence.state;
  if (healthMs === null || nowMs() - healthMs > lateAfterMs) return 'late';
  return health?.inhibited ? 'inhibited' : 'online';
}

const worstFirst = ['lost', 'late', 'never heard', 'stopped', 'inhibited', 'online'];

/**
 * All nodes: a map of those that have a place, and a table of all, the worst first.
 * @param {readonly NodeView[]} nodes
 */
export function nodesView(nodes) {
  const newest = newestVersions(nodes);
  const sorted = nodes.toSorted(
    (a, b) => worstFirst.indexOf(nodeState(a)) - worstFirst.indexOf(nodeState(b)) || a.node.localeCompare(b.node),
  );
  const rows = new Map(sorted.map((node) => [node.node, nodeRow(node, newest)]));
  /** @param {string} name */
  const pick = (name) => {
    for (const [other, row] of rows) row.toggleAttribute('data-picked', other === name);
    rows.get(name)?.scrollIntoView({ block: 'nearest' });
  };
  const isPlaced = nodes.some(({ place }) => place !== null);
  return [
    isPlaced && element('div', { class: 'map-frame' }, nodeMap(nodes, { stateOf: nodeState, onPick: pick })),
    element(
      'div',
      { class: 'table-frame' },
      nodes.length === 0
        ? element('p', { class: 'empty' }, 'No node has spoken to this centre yet.')
        : element(
            'table',
            { class: 'nodes' },
            element('thead', {}, element('tr', {}, ...columns.map((name) => element('th', { scope: 'col' }, name)))),
            element('tbody', {}, ...rows.values()),
          ),
    ),
  ];
}

const columns = ['Node', 'State', 'Last word', 'Cameras', 'Lists', 'Waiting', 'Clock', 'Software'];

/**
 * @param {NodeView} node
 * @param {ReadonlyMap<string, number>} newest
 */
function nodeRow(node, newest) {
  const { presence, presenceMs, health, healthMs, lastHitMs, place, endingCertificate } = node;
  const state = nodeState(node);
  const heardMs = Math.max(presenceMs ?? 0, healthMs ?? 0);
  const site = place?.title ?? presence?.site;
  return element(
    'tr',
    { id: `node-${node.node}`, 'data-state': state },
    element('th', { scope: 'row' }, node.node, site ? element('small', {}, site) : null),
    element(
      'td',
      {},
      element('span', { class: 'node-state', 'data-state': state }, state),
      health?.inhibited ? element('small', {}, health.inhibited) : null,
      endingCertificate === null ? null : element('small', { 'data-bad': true }, ends(endingCertificate)),
    ),
    element(
      'td',
      {},
      heardMs === 0 ? 'never' : ago(heardMs),
      element('small', {}, lastHitMs === null ? 'no hit yet' : `last hit ${clockTime(lastHitMs)}`),
    ),
    element('td', {}, ...cameras(node)),
    element('td', {}, ...lists(node, newest)),
    element('td', {}, ...(health === null ? [] : waiting(health.outbox))),
    element('td', {}, health === null ? '' : clock(health.clock)),
    element(
      'td',
      {},
      presence?.software ?? health?.software ?? '',
      ...models({ ...health?.models, ...presence?.models }),
    ),
  );
}

/** @param {NodeView} node */
function cameras({ health }) {
  const all = health?.cameras ?? [];
  const bad = all.filter(({ state }) => state !== 'ok');
  if (bad.length === 0) return [all.length === 0 ? '' : `${all.length} ok`];
  return bad.map(({ name, state }) => element('span', { class: 'line', 'data-bad': true }, `${name}: ${state}`));
}

/**
 * @param {NodeView} node
 * @param {ReadonlyMap<string, number>} newest
 */
function lists({ health }, newest) {
  return (health?.lists ?? []).map(({ list, version, state }) => {
    const behind = (newest.get(list) ?? 0) - (version ?? 0);
    const late = behind > 0 ? `, ${behind} behind` : '';
    const words =
      version === null ? `${list}: ${state}` : `${list} ${version}${state === 'valid' ? '' : `, ${state}`}${late}`;
    return element(
      'span',
      { class: 'line', 'data-bad': (state !== 'valid' && state !== 'outside-area') || behind > 0 },
      words,
    );
  });
}

/**
 * The newest version of each list that any node has.
 * @param {readonly NodeView[]} nodes
 */
function newestVersions(nodes) {
  /** @type {Map<string, number>} */
  const newest = new Map();
  for (const { health } of nodes)
    for (const { list, version } of health?.lists ?? [])
      newest.set(list, Math.max(newest.get(list) ?? 0, version ?? 0));
  return newest;
}

/** @param {number} days */
function ends(days) {
  return days < 0 ? 'certificate has ended' : `certificate ends in ${days} days`;
}

/** @param {NonNullable<NodeView['health']>['outbox']} outbox */
function waiting({ hits, pictures, inMemory = 0, oldestSeconds, dropped }) {
  const oldest = oldestSeconds === null ? '' : `, oldest ${span(oldestSeconds * 1000)}`;
  const held = inMemory > 0 && `disk full: ${inMemory} hits in memory only`;
  const lost = dropped > 0 && `${dropped} given up`;
  return [
    hits + pictures === 0 ? 'nothing' : `${hits} hits, ${pictures} pictures${oldest}`,
    ...[held, lost].map((words) => words && element('span', { class: 'line', 'data-bad': true }, words)),
  ];
}

/** @param {NonNullable<NodeView['health']>['clock']} clock */
function clock({ synchronised, errorMs }) {
  if (!synchronised) return element('span', { class: 'line', 'data-bad': true }, 'not synchronised');
  return errorMs === null ? 'synchronised' : `± ${Math.ceil(errorMs)} ms`;
}

/** @param {Readonly<Record<string, string>>} versions */
function models(versions) {
  return Object.entries(versions).map(([name, version]) => element('small', {}, `${name} ${version}`));
}
