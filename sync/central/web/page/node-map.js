import { borders, countryNames } from './borders.js';
import { drawing } from './element.js';

/** @typedef {import('../hit-view.ts').NodeView} NodeView */
/** @typedef {readonly [x: number, y: number]} Point */

const widthPx = 620;
const heightPx = 560;
const smallestSpan = 2.2;
/** A letter of the labels is about so wide, and a line so high. */
const letterPx = 12;
const linePx = 24;

/**
 * Where the nodes stand, on rough outlines of the countries.
 * @param {readonly NodeView[]} nodes
 * @param {{ readonly stateOf: (node: NodeView) => string, readonly onPick: (node: string) => void }} options
 */
export function nodeMap(nodes, { stateOf, onPick }) {
  const placed = nodes.flatMap((node) => (node.place === null ? [] : [{ node, place: node.place }]));
  const project = projection(placed.map(({ place }) => place));
  const labels = placeLabels(
    placed.map(({ node, place }) => ({
      name: node.node,
      title: titleOf(node),
      at: project([place.latitude, place.longitude]),
    })),
  );
  return drawing(
    'svg',
    { class: 'map', viewBox: `0 0 ${widthPx} ${heightPx}`, role: 'group', 'aria-label': 'map of the nodes' },
    ...Object.values(borders).map((outline) =>
      drawing('polygon', {
        class: 'map-country',
        points: outline
          .map((point) =>
            project(point)
              .map((v) => v.toFixed(1))
              .join(','),
          )
          .join(' '),
      }),
    ),
    ...countryNames.map(([name, north, east]) => {
      const [x, y] = project([north, east]);
      return drawing('text', { class: 'map-name', x, y }, name);
    }),
    ...placed.map(({ node, place }) => {
      const [x, y] = project([place.latitude, place.longitude]);
      const state = stateOf(node);
      const title = titleOf(node);
      const label = labels.get(node.node) ?? { x: 0, y: 0, anchor: 'start' };
      return drawing(
        'g',
        { class: 'map-node', 'data-state': state, onclick: () => onPick(node.node) },
        drawing('title', {}, `${title}: ${state}`),
        drawing('circle', { class: 'map-halo', cx: x, cy: y, r: 15 }),
        drawing('g', { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` }, shape(state)),
        drawing('text', { class: 'map-label', x: label.x, y: label.y, 'text-anchor': label.anchor }, title),
      );
    }),
  );
}

/** @param {NodeView} node */
function titleOf({ node, place, presence }) {
  return place?.title ?? presence?.site ?? node;
}

/**
 * A label stands beside its node, inside the map, and below those that are there already.
 * @param {readonly { readonly name: string, readonly title: string, readonly at: Point }[]} marks
 */
function placeLabels(marks) {
  /** @type {Map<string, { x: number, y: number, anchor: 'start' | 'end' }>} */
  const labels = new Map();
  /** @type {{ left: number, right: number, y: number }[]} */
  const taken = [];
  for (const { name, title, at } of marks.toSorted((a, b) => a.at[1] - b.at[1])) {
    const width = title.length * letterPx;
    const anchor = at[0] + 20 + width > widthPx ? 'end' : 'start';
    const x = anchor === 'end' ? at[0] - 18 : at[0] + 18;
    const left = anchor === 'end' ? x - width : x;
    let y = at[1] + 6;
    while (taken.some((other) => Math.abs(other.y - y) < linePx && other.left < left + width && left < other.right))
      y += 4;
    taken.push({ left, right: left + width, y });
    labels.set(name, { x, y, anchor });
  }
  return labels;
}

/**
 * A state has a shape as well as a colour.
 * @param {string} state
 */
function shape(state) {
  if (state === 'online') return drawing('circle', { class: 'map-mark', r: 8 });
  if (state === 'late') return drawing('path', { class: 'map-mark', d: 'M0 -10 L10 8 L-10 8 Z' });
  return drawing('path', { class: 'map-mark', d: 'M-8 -8 H8 V8 H-8 Z' });
}

/**
 * Around the nodes, never so near that the rough borders would look like a survey; equirectangular at the middle latitude.
 * @param {readonly { readonly latitude: number, readonly longitude: number }[]} places
 * @returns {(point: readonly [number, number]) => Point}
 */
function projection(places) {
  const norths = places.map(({ latitude }) => latitude);
  const easts = places.map(({ longitude }) => longitude);
  const north = (Math.max(...norths) + Math.min(...norths)) / 2;
  const east = (Math.max(...easts) + Math.min(...easts)) / 2;
  const squeeze = Math.cos((north * Math.PI) / 180);
  const tall = Math.max(smallestSpan, (Math.max(...norths) - Math.min(...norths)) * 1.3);
  const wide = Math.max(smallestSpan, (Math.max(...easts) - Math.min(...easts)) * 1.5 * squeeze);
  const scale = Math.min(heightPx / tall, widthPx / wide);
  return ([atNorth, atEast]) => [
    widthPx / 2 + (atEast - east) * squeeze * scale,
    heightPx / 2 - (atNorth - north) * scale,
  ];
}
