let aheadMs = 0;

/**
 * Deadlines are counted down by the centre's clock: that of an officer's machine may be wrong.
 * @param {number} centreNowMs
 */
export function setCentreClock(centreNowMs) {
  aheadMs = centreNowMs - Date.now();
}

export function nowMs() {
  return Date.now() + aheadMs;
}

/** @param {number} ms */
export function clockTime(ms) {
  const date = new Date(ms);
  const time = date.toLocaleTimeString('en-GB');
  if (date.toDateString() === new Date(nowMs()).toDateString()) return time;
  return `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} ${time}`;
}

/**
 * In the two largest units, such as `3 min 20 s`.
 * @param {number} ms
 */
export function span(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return `${minutes} min ${seconds % 60} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}

/** @param {number} ms */
export function ago(ms) {
  const past = nowMs() - ms;
  return past < 5_000 ? 'just now' : `${span(past)} ago`;
}

/**
 * A text that is written anew each second, as long as it is on the page.
 * @template {HTMLElement} E
 * @param {E} holder
 * @param {(holder: E) => void} write
 * @returns {E}
 */
export function ticking(holder, write) {
  write(holder);
  tickers.set(holder, () => write(holder));
  return holder;
}

/** @type {Map<HTMLElement, () => void>} */
const tickers = new Map();

/** Writes all of them; those that left the page are forgotten. */
export function tick() {
  for (const [holder, write] of tickers) {
    if (holder.isConnected) write();
    else tickers.delete(holder);
  }
}
