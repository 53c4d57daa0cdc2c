import { responseStepsMs } from '../store/evaluation.ts';

/** What a step of the response times means. */
export function stepText(step: number): string {
  const ms = responseStepsMs[step];
  return ms === undefined ? `over ${span(responseStepsMs.at(-1) ?? 0)}` : `under ${span(ms)}`;
}

function span(ms: number): string {
  if (ms < 60_000) return `${ms / 1_000} s`;
  if (ms < 3_600_000) return `${ms / 60_000} min`;
  return ms < 86_400_000 ? `${ms / 3_600_000} h` : `${ms / 86_400_000} day`;
}

/** `12 345`, with spaces that do not break. */
export function countText(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

export function percentText(part: number | null): string {
  return part === null ? '–' : `${(part * 100).toFixed(1)} %`;
}
