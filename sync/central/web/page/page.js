import { ask, useToken, whenLoggedOut } from './ask.js';
import { Desk } from './desk.js';
import { logInForm } from './log-in.js';
import { applyTheme } from './theme.js';
import { setCentreClock } from './times.js';

/** @typedef {import('../hit-view.ts').SessionView} SessionView */

/** @type {Desk | null} */
let desk = null;

/** @param {string} notice */
function showLogIn(notice) {
  desk?.stop();
  desk = null;
  document.title = 'Hazeldonk';
  document.body.replaceChildren(logInForm(notice, (session) => void showDesk(session)));
  document.getElementById('name')?.focus();
}

/** @param {SessionView} session */
async function showDesk(session) {
  useToken(session.csrf);
  setCentreClock(session.nowMs);
  desk = new Desk(session, { onLogOut: () => void logOut() });
  document.body.replaceChildren(desk.root);
  await desk.start();
}

async function logOut() {
  await ask('/api/session', 'DELETE').catch(() => undefined);
  showLogIn('');
}

applyTheme();
whenLoggedOut(() => {
  if (desk !== null) showLogIn('You were logged out.');
});
try {
  await showDesk(await ask('/api/session'));
} catch {
  // Not logged in yet, or no centre: the form says more at the next try.
  showLogIn('');
}
