import { drawDeadline } from './deadline.js';
import { element } from './element.js';
import { picture } from './pictures.js';
import { comparison, percent, plate } from './plate.js';
import { ago, clockTime, ticking } from './times.js';
import { actionWords, stateWords, verdictWord } from './words.js';

/** @typedef {import('../hit-view.ts').HitView} HitView */

/**
 * A hit in the list: both pictures, what was read beside what is listed, what is asked and by when.
 * @param {HitView} view
 * @param {{ readonly selected: boolean, readonly onSelect: () => void }} options
 */
export function hitCard(view, { selected, onSelect }) {
  const { hit, state, discreet, receivedMs } = view;
  const { plate: read, entry, grade, site, observation } = hit.data;
  return element(
    'li',
    {
      class: 'card',
      id: `hit-${hit.id}`,
      'data-state': state,
      'data-priority': entry.priority,
      'data-discreet': discreet,
      'data-selected': selected,
      onclick: onSelect,
    },
    element('div', { class: 'card-pictures' }, picture(view, 'plate', 'card'), picture(view, 'scene', 'card')),
    element(
      'div',
      { class: 'card-words' },
      element(
        'button',
        { class: 'card-title', type: 'button', 'aria-current': selected ? 'true' : false },
        plate(read.listed, read.listedCountry),
        element('span', { class: `state state-${state}` }, stateWords[state]),
        view.verdict && element('span', { class: 'state state-verdict' }, verdictWord(view)),
      ),
      comparison(view),
      element(
        'p',
        { class: 'asked' },
        priority(entry.priority),
        element('strong', { class: 'action', 'data-action': entry.action }, actionWords[entry.action]),
        discreet && discreetMark(),
        grade === 'verify' && element('span', { class: 'verify' }, 'look at the picture first'),
        state !== 'closed' && drawDeadline(entry.answerBy),
      ),
      element(
        'p',
        { class: 'where' },
        `${site} · ${observation.camera}${observation.lane === null ? '' : `, lane ${observation.lane}`} · `,
        ticking(element('time', { title: clockTime(receivedMs) }), (time) => {
          time.textContent = ago(receivedMs);
        }),
        element('span', { class: 'where-probability' }, ` · match ${percent(read.matchProbability)}`),
      ),
    ),
  );
}

/** @param {number} value */
export function priority(value) {
  return element(
    'span',
    { class: 'priority', 'data-priority': value, title: '1 is the most urgent, 9 the least' },
    `P${value}`,
  );
}

/** Marked by a word and a sign: the vehicle must not notice, and neither may people who look over a shoulder. */
export function discreetMark() {
  return element('span', { class: 'discreet', title: 'Nothing may let the people in the vehicle notice' }, 'discreet');
}
