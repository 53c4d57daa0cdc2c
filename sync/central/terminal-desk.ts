import { hitCard } from './hit-card.ts';
import { hitLine, stateLines } from './hit-table.ts';
import type { FollowUp, StoredHit } from './store/hit-desk.ts';

/** What a key asks for; what only changes the view is done by the desk itself. */
export type DeskWish =
  | { readonly wish: 'follow-up'; readonly hitId: string; readonly what: FollowUp }
  | { readonly wish: 'quit' }
  | { readonly wish: 'redraw' };

export interface DeskScreen {
  readonly columns: number;
  readonly rows: number;
  readonly colours: boolean;
}

const keys: Readonly<Record<string, FollowUp>> = {
  s: { step: 'seen' },
  d: { step: 'dispatched' },
  c: { step: 'verdict', verdict: 'confirmed', note: '' },
  m: { step: 'verdict', verdict: 'misread', note: '' },
  e: { step: 'verdict', verdict: 'stale-entry', note: '' },
  o: { step: 'verdict', verdict: 'other', note: '' },
};
/** For the 80 columns that every terminal has. */
const help = '↑↓  s seen  d sent  c confirmed  m misread  e stale  o other  a open/all  q quit';
const [up, down] = ['\u001b[A', '\u001b[B'];
/** Below them there is the chosen hit, which has room first; older ones are for `hits list`. */
const [fewestLines, mostLines] = [3, 12];
const mostKept = 500;

/**
 * The hits on an officer's terminal: a list, the chosen hit, and keys. It draws lines and knows neither terminal nor store.
 *
 * Invariant: an answer is for the hit that was on the screen, as it was there, when its key was pressed; otherwise it is for none.
 */
export class TerminalDesk {
  readonly #hits = new Map<string, StoredHit>();
  #chosen: string | null = null;
  #drawn: StoredHit | null = null;
  #openOnly = false;

  /** Takes hits that are new or have changed. */
  take(hits: readonly StoredHit[]): void {
    for (const stored of hits) this.#hits.set(stored.hit.id, stored);
    const surplus = this.#inOrder().slice(mostKept);
    for (const { hit } of surplus) if (hit.id !== this.#chosen) this.#hits.delete(hit.id);
  }

  /** The newest hit, until one was drawn: that stays, whatever arrives and whatever becomes of it, until another is chosen. */
  get chosen(): StoredHit | null {
    const shown = this.#shown();
    return shown.find(({ hit }) => hit.id === this.#chosen) ?? shown[0] ?? null;
  }

  /** The hit that an officer sees and can answer; null before one was drawn, and from an answer until it is drawn again. */
  get drawn(): StoredHit | null {
    return this.#drawn;
  }

  /** `before` is what was drawn when the key was pressed. Null for a key without meaning, or that came too soon. */
  key(name: string, before: StoredHit | null = this.#drawn): DeskWish | null {
    if (name === 'q' || name === '\u0003') return { wish: 'quit' };
    if (name === 'a') {
      this.#openOnly = !this.#openOnly;
      if (this.#openOnly && this.chosen !== null && !isOpen(this.chosen)) this.#chosen = null;
      return { wish: 'redraw' };
    }
    if ([up, down, 'j', 'k'].includes(name)) {
      this.#move(name === up || name === 'k' ? -1 : 1);
      return { wish: 'redraw' };
    }
    const what = Object.hasOwn(keys, name) ? keys[name] : undefined;
    return what === undefined ? null : this.#answer(what, before);
  }

  #answer(what: FollowUp, before: StoredHit | null): DeskWish | null {
    const { chosen } = this;
    if (chosen === null || before !== this.#drawn || chosen.hit.id !== before?.hit.id) return null;
    // A key that is held down says nothing new.
    if (isDone(chosen, what)) return null;
    this.#drawn = null;
    return { wish: 'follow-up', hitId: chosen.hit.id, what };
  }

  /** Lines of the whole screen, which is what an officer sees from now on; `picture` is the chosen hit's plate, drawn already. */
  lines(screen: DeskScreen, picture: readonly string[]): readonly string[] {
    const shown = this.#shown();
    const { chosen } = this;
    this.#drawn = chosen;
    this.#chosen = chosen?.hit.id ?? null;
    const below = chosen === null ? ['', '  no hits yet'] : ['', ...hitCard(chosen.hit, screen), ...stateLines(chosen)];
    const room = screen.rows - 2 - below.length - picture.length;
    const count = Math.max(fewestLines, Math.min(mostLines, room));
    const at = chosen === null ? 0 : shown.indexOf(chosen);
    const first = Math.max(0, Math.min(at - Math.floor(count / 2), shown.length - count));
    const list = shown.slice(first, first + count).map((stored) => {
      const marker = stored === chosen ? '> ' : '  ';
      return `${marker}${hitLine(stored, { colours: screen.colours, withId: false })}`;
    });
    const fresh = [...this.#hits.values()].filter(({ state }) => state === 'new').length;
    const head = `${fresh} new of ${this.#hits.size} hits${this.#openOnly ? ', open ones shown' : ''}`;
    const all = [head, ...list, ...below, ...picture.map((line) => `  ${line}`)].slice(0, Math.max(1, screen.rows - 1));
    return [...all, ...Array.from({ length: Math.max(0, screen.rows - 1 - all.length) }, () => ''), help];
  }

  #move(by: number): void {
    const shown = this.#shown();
    const { chosen } = this;
    const next = shown[(chosen === null ? 0 : shown.indexOf(chosen)) + by];
    if (next) this.#chosen = next.hit.id;
  }

  #shown(): readonly StoredHit[] {
    const all = this.#inOrder();
    return this.#openOnly ? all.filter((stored) => isOpen(stored) || stored.hit.id === this.#chosen) : all;
  }

  #inOrder(): readonly StoredHit[] {
    return [...this.#hits.values()].sort((a, b) => b.receivedMs - a.receivedMs || (a.hit.id < b.hit.id ? 1 : -1));
  }
}

function isOpen({ state }: StoredHit): boolean {
  return state !== 'closed' && state !== 'withdrawn';
}

function isDone({ seen, dispatched, verdict }: StoredHit, what: FollowUp): boolean {
  if (what.step === 'verdict') return verdict?.verdict === what.verdict;
  return (what.step === 'seen' ? seen : dispatched) !== null;
}
