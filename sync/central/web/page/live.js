/** @typedef {import('../hit-view.ts').ChangesView} ChangesView */

/**
 * Follows what changes at the centre after a cursor. The browser connects again by itself and tells where it was.
 * @param {number} cursor
 * @param {{ readonly onChanges: (changes: ChangesView) => void, readonly onState: (live: boolean) => void, readonly onEnded: () => void }} on
 * @returns {() => void} how to stop
 */
export function followChanges(cursor, { onChanges, onState, onEnded }) {
  const source = new EventSource(`/api/events?after=${cursor}`);
  source.addEventListener('open', () => onState(true));
  source.addEventListener('error', () => {
    onState(false);
    // Closed for good means: refused. The next question finds out why.
    if (source.readyState === EventSource.CLOSED) onEnded();
  });
  source.addEventListener('changes', (event) => onChanges(JSON.parse(event.data)));
  source.addEventListener('ended', () => {
    source.close();
    onEnded();
  });
  return () => source.close();
}
