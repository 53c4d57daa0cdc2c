import { element } from './element.js';

/** @typedef {import('../hit-view.ts').HitView} HitView */
/** @typedef {import('../compare-plates.ts').PlateColumn} PlateColumn */

/**
 * A plate in the colours of its country.
 * @param {string} text
 * @param {string | null} country
 */
export function plate(text, country) {
  const known = country !== null && country !== 'other';
  return element(
    'span',
    { class: 'plate', 'data-country': country ?? '' },
    element('span', { class: 'plate-band', 'aria-label': known ? `country ${country}` : false }, known ? country : ''),
    element('span', { class: 'plate-text' }, text),
  );
}

/**
 * What is listed above what was read, character by character; differences are marked by colour, line and sign alike.
 * @param {HitView} hit
 */
export function comparison({ columns, hit }) {
  const { listed, listedCountry, read, country } = hit.data.plate;
  const differences = columns.filter(({ likeness }) => likeness !== 'same').length;
  const verdict = differences === 0 ? 'identical' : `${differences} of ${columns.length} differ`;
  return element(
    'div',
    { class: 'comparison', role: 'img', 'aria-label': `listed ${listed}, read ${read.text}, ${verdict}` },
    row('listed', listedCountry, columns),
    row('read', country, columns, differences === 0 ? verdict : ''),
    differences > 0 &&
      element(
        'div',
        { class: 'comparison-row comparison-signs' },
        element('span', { class: 'comparison-label' }),
        ...columns.map(({ likeness }) => element('span', { class: 'cell' }, signs[likeness])),
        element('span', { class: 'comparison-verdict', 'data-differs': true }, verdict),
      ),
  );
}

const signs = { same: '', alike: '≈', different: '≠' };

/**
 * @param {'listed' | 'read'} which
 * @param {string | null} country
 * @param {readonly PlateColumn[]} columns
 * @param {string} [verdict]
 */
function row(which, country, columns, verdict = '') {
  return element(
    'div',
    { class: `comparison-row comparison-${which}` },
    element('span', { class: 'comparison-label' }, which),
    ...columns.map((column) =>
      element('span', { class: 'cell', 'data-likeness': column.likeness }, column[which] ?? '·'),
    ),
    element('span', { class: 'comparison-country' }, country ?? 'no country'),
    verdict !== '' && element('span', { class: 'comparison-verdict' }, verdict),
  );
}

/** @param {number} probability */
export function percent(probability) {
  return `${(Math.floor(probability * 1000) / 10).toFixed(1)} %`;
}
