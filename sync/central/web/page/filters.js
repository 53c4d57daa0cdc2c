import { element } from './element.js';
import { isOpen } from './words.js';

/** @typedef {import('../hit-view.ts').HitView} HitView */
/** @typedef {'open' | 'all' | HitView['state']} StateChoice */

const stateChoices = /** @type {const} */ ([
  ['open', 'open'],
  ['new', 'new'],
  ['seen', 'seen'],
  ['dispatched', 'dispatched'],
  ['withdrawn', 'withdrawn'],
  ['closed', 'closed'],
  ['all', 'all'],
]);

/** What officers chose to see; asks the centre for it, and tells of a hit that comes whether it belongs to it. */
export class Filters {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.state = selection('State', 'filter-state', onChange);
    this.list = selection('List', 'filter-list', onChange);
    this.country = selection('Country', 'filter-country', onChange);
    for (const [value, word] of stateChoices) offer(this.state, value, word);
    offer(this.list, '', 'all');
    offer(this.country, '', 'all');
    this.bar = element(
      'form',
      { class: 'filters', 'aria-label': 'filters', onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
      ...[this.state, this.list, this.country].map((one) => element('label', {}, element('span', {}, one.title), one)),
    );
  }

  /** @returns {string} the query of `GET /api/hits` */
  query() {
    const query = new URLSearchParams();
    const state = this.state.value;
    if (state === 'open') query.set('state', 'new,seen,dispatched,withdrawn');
    else if (state !== 'all') query.set('state', state);
    if (this.list.value !== '') query.set('list', this.list.value);
    if (this.country.value !== '') query.set('country', this.country.value);
    return query.toString();
  }

  /** @param {HitView} view */
  shows(view) {
    const state = this.state.value;
    if (state === 'open' ? !isOpen(view) : state !== 'all' && state !== view.state) return false;
    if (this.list.value !== '' && this.list.value !== listOf(view)) return false;
    return this.country.value === '' || this.country.value === countryOf(view);
  }

  /**
   * Offers the lists and countries that were met.
   * @param {HitView} view
   */
  learn(view) {
    offer(this.list, listOf(view), listOf(view));
    const country = countryOf(view);
    if (country !== null) offer(this.country, country, country);
  }
}

/** @param {HitView} view */
function listOf({ hit }) {
  return `${hit.data.list.authority}/${hit.data.list.id}`;
}

/**
 * The listed country, or the read one where the list names none: as the store filters.
 * @param {HitView} view
 */
function countryOf({ hit }) {
  return hit.data.plate.listedCountry ?? hit.data.plate.country;
}

/**
 * @param {string} title
 * @param {string} id
 * @param {() => void} onChange
 */
function selection(title, id, onChange) {
  return element('select', { id, title, onchange: onChange });
}

/**
 * @param {HTMLSelectElement} select
 * @param {string} value
 * @param {string} word
 */
function offer(select, value, word) {
  if ([...select.options].some((option) => option.value === value)) return;
  select.append(element('option', { value }, word));
}
