import { ask, Refused } from './ask.js';
import { element } from './element.js';
import { wordsOf } from './words.js';

/** @typedef {import('../hit-view.ts').SessionView} SessionView */

/**
 * The form before everything else.
 * @param {string} notice why it is shown, where there is a reason
 * @param {(session: SessionView) => void} onLoggedIn
 */
export function logInForm(notice, onLoggedIn) {
  const name = element('input', {
    id: 'name',
    name: 'username',
    autocomplete: 'username',
    required: true,
    autocapitalize: 'none',
    spellcheck: 'false',
  });
  const password = element('input', {
    id: 'password',
    name: 'password',
    type: 'password',
    autocomplete: 'current-password',
    required: true,
  });
  const button = element('button', { type: 'submit', class: 'primary' }, 'Log in');
  const trouble = element('p', { class: 'trouble', role: 'alert' }, notice);

  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    trouble.textContent = '';
    try {
      onLoggedIn(
        await ask('/api/session', 'POST', { name: name.value.trim().toLowerCase(), password: password.value }),
      );
    } catch (error) {
      const wait =
        error instanceof Refused && error.waitSeconds > 0
          ? ` Try again in ${Math.ceil(error.waitSeconds / 60)} min.`
          : '';
      trouble.textContent = wordsOf(error) + wait;
      password.value = '';
      password.focus();
    } finally {
      button.disabled = false;
    }
  };

  return element(
    'main',
    { class: 'log-in' },
    element(
      'form',
      { onsubmit: submit, 'aria-label': 'log in' },
      element('h1', {}, element('span', { class: 'brand-plate', 'aria-hidden': 'true' }), 'Hazeldonk'),
      element(
        'p',
        { class: 'hint' },
        'Hits of this centre’s nodes. For officers on duty; what you do here is recorded.',
      ),
      element('label', { for: 'name' }, 'Name'),
      name,
      element('label', { for: 'password' }, 'Password'),
      password,
      trouble,
      button,
    ),
  );
}
