/** @typedef {import('../hit-view.ts').HitView} HitView */

/** How states, actions and verdicts are called on the page. */
export const stateWords = {
  new: 'new',
  seen: 'seen',
  dispatched: 'dispatched',
  closed: 'closed',
  withdrawn: 'withdrawn by the node',
};

export const actionWords = {
  stop: 'STOP',
  observe: 'OBSERVE',
  'discreet-check': 'DISCREET CHECK',
  'inquiry-check': 'INQUIRY CHECK',
  'specific-check': 'SPECIFIC CHECK',
};

/** With the key that gives them. */
export const verdicts = /** @type {const} */ ([
  { verdict: 'confirmed', word: 'Confirmed', key: '1' },
  { verdict: 'misread', word: 'Misread', key: '2' },
  { verdict: 'stale-entry', word: 'Stale entry', key: '3' },
  { verdict: 'other', word: 'Other', key: '4' },
]);

export const refusalWords = {
  'log-in-refused': 'Name or password is wrong.',
  wait: 'Too many tries.',
  'not-allowed': 'You may look, but not answer hits. Ask whoever keeps the users.',
  'not-found': 'The centre no longer has this hit.',
  unreachable: 'The centre cannot be reached.',
  'not-logged-in': 'You were logged out.',
};

/** @param {unknown} error */
export function wordsOf(error) {
  const code = /** @type {{ code?: string }} */ (error).code ?? '';
  return refusalWords[/** @type {keyof typeof refusalWords} */ (code)] ?? `The centre refused this (${code || error}).`;
}

/** @param {HitView} view */
export function isOpen({ state }) {
  return state !== 'closed';
}

/** @param {HitView} view */
export function verdictWord({ verdict }) {
  return verdicts.find((one) => one.verdict === verdict?.verdict)?.word ?? '';
}
