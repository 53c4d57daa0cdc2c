import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { WebUser } from './officers.ts';

export interface SessionLimits {
  /** Without a sign of the officer for this long the session is over. */
  readonly idleMs: number;
  /** Longest life of a session, whatever happens in it: a long shift. */
  readonly longestMs: number;
}

export interface Session {
  readonly id: string;
  readonly user: string;
  readonly userChangedAt: string;
  /** Must come back with every change: a page of another origin can send the cookie, but cannot know this. */
  readonly csrf: string;
  readonly beganMs: number;
}

interface Kept extends Session {
  activeMs: number;
}

const mostSessions = 1_000;

/**
 * Who is logged in, in memory: a restart logs everybody out. Cookies hold a random token and this holds its hash, so a
 * look into this memory does not give a cookie away. Times are of a clock that never jumps.
 */
export class Sessions {
  readonly #limits: SessionLimits;
  readonly #nowMs: () => number;
  readonly #sessions = new Map<string, Kept>();

  constructor(limits: SessionLimits, nowMs: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** A new session and the token for its cookie. The oldest gives way when there are too many. */
  begin(user: WebUser): { readonly token: string; readonly session: Session } {
    const token = randomBytes(32).toString('base64url');
    const nowMs = this.#nowMs();
    for (const [id, kept] of this.#sessions) if (this.#isOver(kept, nowMs)) this.#sessions.delete(id);
    const oldest = this.#sessions.keys().next().value;
    if (this.#sessions.size >= mostSessions && oldest !== undefined) this.#sessions.delete(oldest);
    const session: Kept = {
      id: idOf(token),
      user: user.name,
      userChangedAt: user.changedAt,
      csrf: randomBytes(24).toString('base64url'),
      beganMs: nowMs,
      activeMs: nowMs,
    };
    this.#sessions.set(session.id, session);
    return { token, session };
  }

  /** The session of a cookie's token while it lasts. Looking does not prolong it: a page left alone asks too. */
  find(token: string): Session | null {
    return this.alive(idOf(token));
  }

  alive(id: string): Session | null {
    const kept = this.#sessions.get(id);
    if (kept === undefined) return null;
    if (!this.#isOver(kept, this.#nowMs())) return kept;
    this.#sessions.delete(id);
    return null;
  }

  /** The officer did something. */
  touch(id: string): void {
    const kept = this.#sessions.get(id);
    if (kept) kept.activeMs = this.#nowMs();
  }

  end(id: string): void {
    this.#sessions.delete(id);
  }

  #isOver(kept: Kept, nowMs: number): boolean {
    return nowMs - kept.activeMs >= this.#limits.idleMs || nowMs - kept.beganMs >= this.#limits.longestMs;
  }
}

/** Compares secrets without telling by its time how much was right. */
export function sameSecret(given: string, kept: string): boolean {
  return timingSafeEqual(digest(given), digest(kept));
}

function idOf(token: string): string {
  return digest(token).toString('hex');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
