import { element } from './element.js';
import { clockTime, nowMs, span, ticking } from './times.js';

const soonMs = 5 * 60_000;

/**
 * Counts down to when the list's owner wants an answer.
 * @param {string | null} answerBy
 */
export function drawDeadline(answerBy) {
  if (answerBy === null) return element('span', { class: 'deadline' }, 'no deadline');
  const untilMs = Date.parse(answerBy);
  return ticking(element('span', { class: 'deadline', title: `answer by ${clockTime(untilMs)}` }), (holder) => {
    const leftMs = untilMs - nowMs();
    holder.dataset.late = leftMs < 0 ? 'overdue' : leftMs < soonMs ? 'soon' : 'no';
    holder.textContent = leftMs < 0 ? `overdue by ${span(-leftMs)}` : `answer within ${span(leftMs)}`;
  });
}
