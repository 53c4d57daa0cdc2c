const themes = /** @type {const} */ (['system', 'dark', 'light']);
const key = 'hazeldonk-theme';

/** As this machine's officer last chose; by the system where nobody chose. */
export function applyTheme() {
  document.documentElement.dataset.theme = localStorage.getItem(key) ?? 'system';
}

export function nextTheme() {
  const at = themes.indexOf(/** @type {typeof themes[number]} */ (localStorage.getItem(key) ?? 'system'));
  localStorage.setItem(key, themes[(at + 1) % themes.length] ?? 'system');
  applyTheme();
}
