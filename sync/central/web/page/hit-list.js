import { ask } from './ask.js';
import { element } from './element.js';
import { hitCard } from './hit-card.js';
import { forgetPictures } from './pictures.js';

/** @typedef {import('../hit-view.ts').HitView} HitView */
/** @typedef {import('../hit-view.ts').HitsPage} HitsPage */

const mostListed = 400;

/** The hits that the filters show, the newest at the top. */
export class HitList {
  /** @type {Map<string, HitView>} */
  #views = new Map();
  /** @type {Map<string, HTMLElement>} */
  #cards = new Map();
  /** @type {string | null} */
  #next = null;
  /** @type {string | null} */
  #selected = null;
  /**
   * What came since a page was asked for; null while none is on its way.
   * @type {Map<string, HitView> | null}
   */
  #meanwhile = null;
  #filters;
  #onSelect;

  /**
   * @param {import('./filters.js').Filters} filters
   * @param {(view: HitView | null) => void} onSelect
   */
  constructor(filters, onSelect) {
    this.#filters = filters;
    this.#onSelect = onSelect;
    this.list = element('ol', { class: 'cards', 'aria-label': 'hits, the newest first' });
    this.older = element(
      'button',
      { type: 'button', class: 'older', onclick: () => void this.loadOlder() },
      'Older hits',
    );
    this.empty = element('p', { class: 'empty' }, 'No hits. New ones appear here by themselves.');
    this.root = element('section', { class: 'hits' }, this.list, this.empty, this.older);
  }

  get selected() {
    return this.#selected === null ? null : (this.#views.get(this.#selected) ?? null);
  }

  views() {
    return [...this.#views.values()];
  }

  /** Asks anew with the filters as they are. Returns the cursor from which changes go on. */
  async load() {
    const { page, since } = await this.#ask(this.#filters.query());
    if (since === null) return page.cursor;
    const kept = this.#selected;
    this.#views.clear();
    this.#cards.clear();
    this.list.replaceChildren();
    this.#show(page, since);
    forgetPictures((id) => this.#views.has(id));
    this.select(kept !== null && this.#views.has(kept) ? kept : (this.#listed()[0] ?? null));
    return page.cursor;
  }

  async loadOlder() {
    // While a page is on its way, the list that this one would continue may be another one soon.
    if (this.#next === null || this.#meanwhile !== null) return;
    const { page, since } = await this.#ask(`${this.#filters.query()}&after=${encodeURIComponent(this.#next)}`);
    if (since !== null) this.#show(page, since);
  }

  /**
   * Asks for a page. `since` is what came by the stream meanwhile; null where another page was asked for meanwhile, and this is out of date.
   * @param {string} query
   * @returns {Promise<{ readonly page: HitsPage, readonly since: Map<string, HitView> | null }>}
   */
  async #ask(query) {
    /** @type {Map<string, HitView>} */
    const since = new Map();
    this.#meanwhile = since;
    try {
      const page = await ask(`/api/hits?${query}`);
      return { page, since: this.#meanwhile === since ? since : null };
    } finally {
      if (this.#meanwhile === since) this.#meanwhile = null;
    }
  }

  /**
   * What the stream brought counts more than the page: where the page is the newer one after all, the stream brings that as well.
   * @param {HitsPage} page
   * @param {Map<string, HitView>} since
   */
  #show(page, since) {
    for (const view of page.hits) this.#place(view);
    this.#next = page.next;
    for (const [id, view] of since) if (this.#views.has(id) || this.#filters.shows(view)) this.take(view);
    this.#settle();
  }

  /**
   * A hit came, or changed. One that the filters no longer show stays while it is selected: nothing vanishes under a hand.
   * @param {HitView} view
   * @returns {boolean} whether it is new here
   */
  take(view) {
    const { id } = view.hit;
    const known = this.#views.has(id);
    this.#meanwhile?.set(id, view);
    this.#filters.learn(view);
    if (!this.#filters.shows(view) && id !== this.#selected) {
      this.#remove(id);
      this.#settle();
      return false;
    }
    // Older than all that is listed: it belongs to a page that was not asked for.
    if (!known && this.#next !== null && view.receivedMs < this.#oldestMs()) return false;
    this.#place(view);
    if (this.#views.size > mostListed) this.#forgetOldest();
    this.#settle();
    if (this.#selected === null) this.select(id);
    return !known;
  }

  /** @param {string | null} id */
  select(id) {
    const before = this.#selected;
    this.#selected = id;
    if (before !== null && before !== id) {
      const view = this.#views.get(before);
      if (view && !this.#filters.shows(view)) this.#remove(before);
      else if (view) this.#place(view);
    }
    const view = id === null ? null : (this.#views.get(id) ?? null);
    if (view) this.#place(view);
    this.#settle();
    this.#onSelect(view);
  }

  /**
   * To the next older (1) or newer (-1) one.
   * @param {1 | -1} step
   */
  step(step) {
    const ids = this.#listed();
    const id = ids[Math.max(0, this.#selected === null ? 0 : ids.indexOf(this.#selected) + step)];
    if (id === undefined) return;
    this.select(id);
    this.#cards.get(id)?.scrollIntoView({ block: 'nearest' });
  }

  /** @param {HitView} view */
  #place(view) {
    const { id } = view.hit;
    this.#filters.learn(view);
    this.#views.set(id, view);
    const card = hitCard(view, { selected: id === this.#selected, onSelect: () => this.select(id) });
    const before = this.#cards.get(id);
    this.#cards.set(id, card);
    if (before) {
      const held = before.contains(document.activeElement);
      before.replaceWith(card);
      if (held) card.querySelector('button')?.focus();
      return;
    }
    const older = [...this.list.children].find((other) =>
      isOlder(this.#views.get(other.id.slice('hit-'.length)), view),
    );
    this.list.insertBefore(card, older ?? null);
  }

  #listed() {
    return [...this.list.children].map((card) => card.id.slice('hit-'.length));
  }

  #settle() {
    this.empty.hidden = this.#views.size > 0;
    this.older.hidden = this.#next === null;
  }

  #oldestMs() {
    return Math.min(...this.views().map(({ receivedMs }) => receivedMs));
  }

  #forgetOldest() {
    const last = this.list.lastElementChild;
    if (last) this.#remove(last.id.slice('hit-'.length));
    forgetPictures((id) => this.#views.has(id));
  }

  /** @param {string} id */
  #remove(id) {
    this.#cards.get(id)?.remove();
    this.#cards.delete(id);
    this.#views.delete(id);
  }
}

/**
 * @param {HitView | undefined} one
 * @param {HitView} other
 */
function isOlder(one, other) {
  if (one === undefined) return false;
  return one.receivedMs !== other.receivedMs ? one.receivedMs < other.receivedMs : one.hit.id < other.hit.id;
}
