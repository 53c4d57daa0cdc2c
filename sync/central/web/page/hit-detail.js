import { drawDeadline } from './deadline.js';
import { element } from './element.js';
import { discreetMark, priority } from './hit-card.js';
import { enlarge, picture } from './pictures.js';
import { comparison, percent, plate } from './plate.js';
import { clockTime, span } from './times.js';
import { actionWords, stateWords, verdicts } from './words.js';

/** @typedef {import('../hit-view.ts').HitView} HitView */
/** @typedef {import('../hit-view.ts').HitDetails} HitDetails */
/** @typedef {import('../../store/hit-desk.ts').FollowUp} FollowUp */

/**
 * One hit in full, with the buttons that answer it.
 * @param {HitView} view
 * @param {{ readonly history: HitDetails['history'], readonly mayAnswer: boolean, readonly onAnswer: (what: FollowUp) => void }} options
 */
export function hitDetail(view, { history, mayAnswer, onAnswer }) {
  const { hit, state, withdrawn, discreet } = view;
  const { plate: read, entry, grade } = hit.data;
  return [
    element(
      'header',
      { class: 'detail-head' },
      plate(read.listed, read.listedCountry),
      priority(entry.priority),
      element('strong', { class: 'action', 'data-action': entry.action }, actionWords[entry.action]),
      discreet && discreetMark(),
      element('span', { class: `state state-${state}` }, stateWords[state]),
      state !== 'closed' && drawDeadline(entry.answerBy),
    ),
    withdrawn && element('p', { class: 'warning' }, `The node took this hit back: ${withdrawn.reason}`),
    grade === 'verify' && element('p', { class: 'warning' }, 'To verify: look at the picture before anybody acts.'),
    element('div', { class: 'detail-plate' }, enlargeable(view, 'plate'), comparison(view), probabilities(view)),
    enlargeable(view, 'scene'),
    mayAnswer
      ? answers(view, onAnswer)
      : element('p', { class: 'hint' }, 'You are logged in as a viewer: officers answer hits.'),
    facts(view),
    record(history),
  ];
}

/**
 * @param {HitView} view
 * @param {'plate' | 'scene'} kind
 */
function enlargeable(view, kind) {
  return element(
    'button',
    { class: 'enlarge', type: 'button', title: 'enlarge', onclick: () => enlarge(view, kind) },
    picture(view, kind, 'detail'),
  );
}

/** @param {HitView} view */
function probabilities({ hit }) {
  const { read, runnerUp, country, countryProbability, matchProbability } = hit.data.plate;
  const of = country === null || countryProbability === null ? '' : `, ${country} ${percent(countryProbability)}`;
  return element(
    'p',
    { class: 'probabilities' },
    element('strong', {}, percent(matchProbability)),
    ' that it is the listed vehicle',
    element('br'),
    `read ${read.text} ${percent(read.probability)}${of}`,
    runnerUp && element('br'),
    runnerUp && `or ${runnerUp.text} ${percent(runnerUp.probability)}`,
  );
}

/**
 * @param {HitView} view
 * @param {(what: FollowUp) => void} onAnswer
 */
function answers({ seen, dispatched, verdict, hit }, onAnswer) {
  const note = element('input', {
    id: 'note',
    class: 'note',
    maxlength: '200',
    placeholder: 'note with the verdict (N)',
    'aria-label': 'note with the verdict',
    autocomplete: 'off',
    value: drafts.get(hit.id) ?? '',
    oninput: () => drafts.set(hit.id, note.value),
  });
  return element(
    'div',
    { class: 'answers' },
    answer('Seen', 'S', { done: seen !== null, name: 'seen' }, () => onAnswer({ step: 'seen' })),
    answer('Dispatch', 'D', { done: dispatched !== null, name: 'dispatched' }, () => onAnswer({ step: 'dispatched' })),
    element(
      'div',
      { class: 'verdicts', role: 'group', 'aria-label': 'verdict' },
      ...verdicts.map(({ verdict: one, word, key }) =>
        answer(word, key, { pressed: verdict?.verdict === one, name: one }, () =>
          onAnswer({ step: 'verdict', verdict: one, note: note.value.trim() }),
        ),
      ),
    ),
    note,
  );
}

/** Notes that are being written, so that a change from elsewhere does not wipe them away. */
/** @type {Map<string, string>} */
const drafts = new Map();

/** @param {string} id */
export function forgetDraft(id) {
  drafts.delete(id);
}

export function forgetDrafts() {
  drafts.clear();
}

/**
 * @param {string} word
 * @param {string} key
 * @param {{ readonly name: string, readonly done?: boolean, readonly pressed?: boolean }} look
 * @param {() => void} onclick
 */
function answer(word, key, { name, done = false, pressed }, onclick) {
  return element(
    'button',
    { class: 'answer', type: 'button', 'data-answer': name, disabled: done, 'aria-pressed': pressed ?? false, onclick },
    done ? `${word} ✓` : word,
    element('kbd', {}, key),
  );
}

/** @param {HitView} view */
function facts({ hit, receivedMs }) {
  const { observation, list, entry, site, node } = hit.data;
  const { clock } = observation;
  const error = clock.estimatedErrorMs === null ? '' : `, within ${Math.ceil(clock.estimatedErrorMs)} ms`;
  /** @type {readonly (readonly [string, string])[]} */
  const rows = [
    ['Purpose', `${entry.purpose} · ${entry.legalBasis}`],
    ['List', `${list.authority}/${list.id} version ${list.version}, ${span(list.ageSeconds * 1000)} old`],
    ['Reference', entry.reference],
    ['For', entry.recipients.join(', ') || 'nobody named'],
    ['Answer by', entry.answerBy === null ? 'no deadline' : clockTime(Date.parse(entry.answerBy))],
    ['Where', `${site} · node ${node} · camera ${observation.camera}`],
    ['Lane', `${observation.lane ?? 'not known'}, ${observation.direction}`],
    [
      'Passed',
      `${clockTime(Date.parse(observation.lastSeen))} (${clock.synchronised ? `${clock.source}${error}` : 'clock not synchronised'})`,
    ],
    ['Received', clockTime(receivedMs)],
    [
      'Seen in',
      `${observation.framesSeen} frames, read in ${observation.framesRead}; plate ${Math.round(observation.plateHeightPx)} px high`,
    ],
    ['Hit', hit.id],
  ];
  return element(
    'dl',
    { class: 'facts' },
    ...rows.flatMap(([name, text]) => [element('dt', {}, name), element('dd', {}, text)]),
  );
}

/** @param {HitDetails['history']} history */
function record(history) {
  const lines = history.map((one) => {
    const what =
      one.step === 'verdict' ? `verdict ${one.verdict}${one.note === '' ? '' : `: “${one.note}”`}` : one.step;
    return element('li', {}, element('time', {}, clockTime(one.atMs)), ' ', element('b', {}, one.by), ` ${what}`);
  });
  const empty = element('li', { class: 'hint' }, 'Nobody has answered this hit yet.');
  return element(
    'section',
    { class: 'record' },
    element('h2', {}, 'Record'),
    element('ol', {}, ...(lines.length > 0 ? lines : [empty])),
  );
}
