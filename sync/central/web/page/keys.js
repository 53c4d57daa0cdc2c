import { element } from './element.js';

/**
 * @typedef {object} Shortcut
 * @property {string} key as the browser names it
 * @property {string} does for the help
 * @property {() => void} act
 */

/**
 * Single keys act while nobody is writing. Returns how to stop listening.
 * @param {readonly Shortcut[]} shortcuts
 */
export function listenForKeys(shortcuts) {
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.key === 'Escape' && isWriting(target)) return target.blur();
    if (isWriting(target) || document.querySelector('dialog[open]') !== null) return;
    const pressed = aliases[event.key] ?? event.key.toLowerCase();
    const shortcut = shortcuts.find(({ key }) => key === pressed);
    if (shortcut === undefined) return;
    event.preventDefault();
    shortcut.act();
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

/** @param {readonly Shortcut[]} shortcuts */
export function showKeys(shortcuts) {
  const dialog = element(
    'dialog',
    { class: 'help', 'aria-label': 'keys', onclose: () => dialog.remove() },
    element('h2', {}, 'Keys'),
    element(
      'dl',
      {},
      ...shortcuts.flatMap(({ key, does }) => [
        element('dt', {}, element('kbd', {}, key.toUpperCase())),
        element('dd', {}, does),
      ]),
    ),
    element('button', { type: 'button', class: 'primary', onclick: () => dialog.close() }, 'Close'),
  );
  document.body.append(dialog);
  dialog.showModal();
}

/** @type {Readonly<Record<string, string>>} */
const aliases = { ArrowDown: 'j', ArrowUp: 'k' };

/** @param {HTMLElement} target */
function isWriting(target) {
  return target.matches?.('input, textarea, select') ?? false;
}
