import { ask } from './ask.js';
import { element } from './element.js';
import { Filters } from './filters.js';
import { forgetDraft, forgetDrafts, hitDetail } from './hit-detail.js';
import { HitList } from './hit-list.js';
import { listenForKeys, showKeys } from './keys.js';
import { followChanges } from './live.js';
import { nodeState, nodesView } from './nodes-view.js';
import { enlarge, forgetPictures } from './pictures.js';
import { Sound } from './sound.js';
import { nextTheme } from './theme.js';
import { tick } from './times.js';
import { verdicts, wordsOf } from './words.js';

/** @typedef {import('../hit-view.ts').SessionView} SessionView */
/** @typedef {import('../hit-view.ts').HitView} HitView */
/** @typedef {import('../hit-view.ts').HitDetails} HitDetails */
/** @typedef {import('../hit-view.ts').NodeView} NodeView */
/** @typedef {import('../hit-view.ts').ChangesView} ChangesView */
/** @typedef {import('../../store/hit-desk.ts').FollowUp} FollowUp */
/** @typedef {'hits' | 'nodes'} Tab */

/** What an officer works at: hits on the left, one in full on the right, the nodes behind a tab. */
export class Desk {
  /** @type {Map<string, NodeView>} */
  #nodes = new Map();
  /** @type {Tab} */
  #tab = 'hits';
  #sound = new Sound();
  /** @type {(() => void)[]} */
  #leave = [];
  #opened = 0;

  /**
   * @param {SessionView} session
   * @param {{ readonly onLogOut: () => void }} on
   */
  constructor(session, { onLogOut }) {
    this.session = session;
    this.filters = new Filters(() => void this.#guard(this.hits.load()));
    this.hits = new HitList(this.filters, (view) => void this.#guard(this.#open(view)));
    this.detail = element('article', { class: 'detail', 'aria-live': 'off' });
    this.nodesPane = element('section', { class: 'nodes-pane', hidden: true });
    this.counts = element('p', { class: 'counts' });
    this.live = element('span', { class: 'live', role: 'status' }, 'connecting');
    this.notice = element('p', { class: 'notice', role: 'alert', hidden: true });
    this.heard = element('p', { class: 'unseen', 'aria-live': 'polite' });
    this.shortcuts = this.#shortcuts();
    this.tabs = {
      hits: button('Hits', () => this.show('hits'), { class: 'tab' }),
      nodes: button('Nodes', () => this.show('nodes'), { class: 'tab' }),
    };
    this.soundButton = button('Sound off', () => this.#toggleSound(), { 'aria-pressed': 'false' });
    this.root = element(
      'div',
      { class: 'desk' },
      element(
        'header',
        { class: 'bar' },
        element(
          'h1',
          { class: 'brand' },
          element('span', { class: 'brand-plate', 'aria-hidden': 'true' }),
          'Hazeldonk',
        ),
        element('nav', { class: 'tabs', 'aria-label': 'views' }, this.tabs.hits, this.tabs.nodes),
        this.counts,
        this.live,
        this.soundButton,
        button('Theme', nextTheme, { title: 'dark, light, or as the system' }),
        button('Keys', () => showKeys(this.shortcuts), {}, '?'),
        element('span', { class: 'who' }, session.user, element('small', {}, session.role)),
        button('Log out', onLogOut, { class: 'log-out' }),
      ),
      this.notice,
      element(
        'main',
        { class: 'panes' },
        element('div', { class: 'hits-pane' }, this.filters.bar, this.hits.root),
        this.detail,
        this.nodesPane,
      ),
      this.heard,
    );
    this.show('hits');
  }

  async start() {
    const [nodes, cursor] = await Promise.all([ask('/api/nodes'), this.hits.load()]);
    for (const node of nodes) this.#nodes.set(node.node, node);
    this.#draw();
    this.#leave = [
      followChanges(cursor, {
        onChanges: (changes) => this.#take(changes),
        onState: (live) => this.#say(live),
        // Where the session is over, this question says so and the log-in comes back.
        onEnded: () => void this.#guard(ask('/api/session')),
      }),
      listenForKeys(this.shortcuts),
      every(1_000, tick),
      every(15_000, () => this.#draw()),
      reportPresence(),
    ];
  }

  stop() {
    for (const leave of this.#leave) leave();
    if (this.#sound.on) this.#sound.toggle();
    // Whoever logs in next finds nothing of this officer's, in memory either.
    forgetPictures(() => false);
    forgetDrafts();
  }

  /** @param {Tab} tab */
  show(tab) {
    this.#tab = tab;
    this.root.dataset.tab = tab;
    for (const [name, one] of Object.entries(this.tabs))
      one.setAttribute('aria-current', name === tab ? 'page' : 'false');
    this.nodesPane.hidden = tab !== 'nodes';
    this.#draw();
  }

  /** @param {ChangesView} changes */
  #take({ hits, nodes }) {
    for (const view of hits) {
      const isNew = this.hits.take(view);
      if (isNew && view.state === 'new') this.#announce(view);
      if (this.hits.selected?.hit.id === view.hit.id) void this.#guard(this.#open(view));
    }
    for (const node of nodes) this.#nodes.set(node.node, node);
    this.#draw();
  }

  /** @param {HitView} view */
  #announce(view) {
    this.#sound.announce(view);
    // A screen reader speaks aloud, so it is told of a discreet hit no more than the room is.
    if (!view.discreet)
      this.heard.textContent = `New hit: ${view.hit.data.entry.action}, priority ${view.hit.data.entry.priority}`;
  }

  /**
   * Shows a hit in full: at once as it is known, then with its history.
   * @param {HitView | null} view
   */
  async #open(view) {
    const turn = ++this.#opened;
    if (view === null) return this.detail.replaceChildren(element('p', { class: 'empty' }, 'Choose a hit.'));
    const { id } = view.hit;
    if (this.detail.dataset.hit !== id) this.#fill(view, []);
    this.detail.dataset.hit = id;
    /** @type {HitDetails} */
    const details = await ask(`/api/hits/${id}`);
    // Somebody may have chosen another one meanwhile.
    if (turn === this.#opened) this.#fill(details.hit, details.history);
  }

  /**
   * @param {HitView} view
   * @param {HitDetails['history']} history
   */
  #fill(view, history) {
    const focused =
      document.activeElement instanceof HTMLElement && this.detail.contains(document.activeElement)
        ? document.activeElement
        : null;
    const again =
      focused?.id === 'note' ? '#note' : focused?.dataset.answer ? `[data-answer="${focused.dataset.answer}"]` : null;
    const mayAnswer = this.session.role === 'officer';
    const parts = hitDetail(view, {
      history,
      mayAnswer,
      onAnswer: (what) => void this.#guard(this.#answer(view, what)),
    });
    this.detail.replaceChildren(...parts.filter((part) => part instanceof Node));
    const anew = again ? /** @type {HTMLElement | null} */ (this.detail.querySelector(again)) : null;
    anew?.focus();
    // A fresh field begins to write at its start: what is typed on would stand before what was there.
    if (focused instanceof HTMLInputElement && anew instanceof HTMLInputElement)
      anew.setSelectionRange(focused.selectionStart, focused.selectionEnd);
  }

  /**
   * @param {HitView} view
   * @param {FollowUp} what
   */
  async #answer(view, what) {
    /** @type {HitDetails} */
    const details = await ask(`/api/hits/${view.hit.id}/follow-ups`, 'POST', what);
    if (what.step === 'verdict') forgetDraft(view.hit.id);
    this.hits.take(details.hit);
    if (this.hits.selected?.hit.id === view.hit.id) this.#fill(details.hit, details.history);
    this.#draw();
  }

  #draw() {
    const open = this.hits.views().filter(({ state }) => state !== 'closed');
    const fresh = open.filter(({ state }) => state === 'new');
    const unwell = [...this.#nodes.values()].filter((node) => nodeState(node) !== 'online').length;
    const nodes = `${this.#nodes.size - unwell} of ${this.#nodes.size} nodes read`;
    this.counts.replaceChildren(
      element('b', { 'data-some': fresh.length > 0 }, `${fresh.length} new`),
      ` · ${open.length} open · `,
      element('span', { 'data-bad': unwell > 0 }, nodes),
    );
    // A window's title is seen by people who do not see the page: discreet hits are left out.
    const told = fresh.filter(({ discreet }) => !discreet).length;
    document.title = told > 0 ? `(${told}) Hazeldonk` : 'Hazeldonk';
    if (this.#tab !== 'nodes') return;
    const parts = nodesView([...this.#nodes.values()]);
    this.nodesPane.replaceChildren(...parts.filter((part) => part instanceof Node));
  }

  /** @param {boolean} live */
  #say(live) {
    this.live.textContent = live ? 'live' : 'no connection to the centre';
    this.live.dataset.live = String(live);
  }

  #toggleSound() {
    this.#sound.toggle();
    this.soundButton.textContent = this.#sound.on ? 'Sound on' : 'Sound off';
    this.soundButton.setAttribute('aria-pressed', String(this.#sound.on));
  }

  /** @param {string} name */
  #press(name) {
    if (this.#tab !== 'hits') return;
    /** @type {HTMLElement | null} */ (this.detail.querySelector(`[data-answer="${name}"]`))?.click();
  }

  /** @returns {readonly import('./keys.js').Shortcut[]} */
  #shortcuts() {
    return [
      { key: 'j', does: 'next hit (also ↓)', act: () => this.hits.step(1) },
      { key: 'k', does: 'hit above (also ↑)', act: () => this.hits.step(-1) },
      { key: 's', does: 'seen', act: () => this.#press('seen') },
      { key: 'd', does: 'dispatch', act: () => this.#press('dispatched') },
      ...verdicts.map(({ key, word, verdict }) => ({
        key,
        does: `verdict: ${word.toLowerCase()}`,
        act: () => this.#press(verdict),
      })),
      { key: 'n', does: 'write a note (Esc leaves it)', act: () => document.getElementById('note')?.focus() },
      { key: 'z', does: 'enlarge the scene', act: () => this.hits.selected && enlarge(this.hits.selected, 'scene') },
      { key: 'f', does: 'filters', act: () => this.filters.state.focus() },
      { key: 'g', does: 'hits or nodes', act: () => this.show(this.#tab === 'hits' ? 'nodes' : 'hits') },
      { key: '?', does: 'these keys', act: () => showKeys(this.shortcuts) },
    ];
  }

  /**
   * Says what went wrong where the officer looks.
   * @param {Promise<unknown>} work
   */
  async #guard(work) {
    try {
      await work;
      this.notice.hidden = true;
    } catch (error) {
      this.notice.textContent = wordsOf(error);
      this.notice.hidden = false;
    }
  }
}

/**
 * @param {string} text
 * @param {() => void} onclick
 * @param {Record<string, unknown>} [attributes]
 * @param {string} [key]
 */
function button(text, onclick, attributes = {}, key = undefined) {
  return element('button', { type: 'button', onclick, ...attributes }, text, key ? element('kbd', {}, key) : null);
}

/**
 * @param {number} ms
 * @param {() => void} act
 */
function every(ms, act) {
  const timer = setInterval(act, ms);
  return () => clearInterval(timer);
}

/** Tells the centre that somebody is here, so that only a page left alone is logged out; at most once a minute. */
function reportPresence() {
  let lastMs = 0;
  const onInput = () => {
    if (Date.now() - lastMs < 60_000) return;
    lastMs = Date.now();
    // Where this fails the next question says why.
    ask('/api/session/active', 'POST').catch(() => undefined);
  };
  const inputs = /** @type {const} */ (['pointerdown', 'keydown', 'pointermove']);
  for (const name of inputs) document.addEventListener(name, onInput);
  return () => {
    for (const name of inputs) document.removeEventListener(name, onInput);
  };
}
