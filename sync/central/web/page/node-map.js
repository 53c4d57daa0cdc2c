import { borders, countryNames } from './borders.js';
import { drawing } from './element.js';

/** @typedef {import('../hit-view.ts').NodeView} NodeView */
/** @typedef {readonly [x: number, y: number]} Point */

const widthPx = 620;
const heightPx = 560;
const smallestSpan = 2.2;

/**
 * Where the nodes stand, on rough outlines of the countries.
 * @param {readonly NodeView[]} nodes
 * @param {{ readonly stateOf: (node: NodeView) => string, readonly onPick: (node: string) => void }} options
 */
export function nodeMap(nodes, { stateOf, onPick }) {
  const placed = nodes.flatMap((node) => (node.place === null ? [] : [{ node, place: node.place }]));
  const project = projection(placed.map(({ place }) => place));
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
      const title = place.title ?? node.presence?.site ?? node.node;
      return drawing(
        'g',
        {
          class: 'map-node',
          'data-state': stateOf(node),
          transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
          onclick: () => onPick(node.node),
        },
        drawing('title', {}, `${title}: ${stateOf(node)}`),
        drawing('circle', { class: 'map-halo', r: 15 }),
        shape(stateOf(node)),
        drawing('text', { class: 'map-label', x: 13, y: 5 }, title),
      );
    }),
  );
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
