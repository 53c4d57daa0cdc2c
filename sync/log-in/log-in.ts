import { type Allowance, LogInLimit } from './log-in-limit.ts';
import { nobodysPassword, passwordMatches } from './password.ts';
import type { User, UserFile } from './user-file.ts';

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

export type LogInOutcome<Role extends string = string> =
  | { readonly user: User<Role> }
  | { readonly refused: 'wrong' }
  | { readonly refused: 'wait'; readonly waitMs: number };

/** What is written down of log-ins; `place` is an address or a line. */
export interface LogInRecord {
  loggedIn(user: string, place: string): void;
  /** What was typed as a name may be a password: only a name that exists is told. */
  refused(user: string | null, place: string): void;
}

export interface LogInOptions<Role extends string> {
  readonly users: UserFile<Role>;
  readonly record: LogInRecord;
  readonly failuresOfName: Allowance;
  readonly failuresOfPlace: Allowance;
  readonly nowMs?: (() => number) | undefined;
}

/** Each check takes 64 MiB and a core for a moment: a flood of them must not starve the hits. */
const checksAtOnce = 2;
const checksWaiting = 16;

/** Checks names and passwords, slowly for whoever guesses. A wrong name and a wrong password look and take the same. */
export class LogIn<Role extends string = string> {
  readonly #options: LogInOptions<Role>;
  readonly #byNameThere: LogInLimit;
  readonly #byPlace: LogInLimit;
  #checking = 0;
  readonly #queue: (() => void)[] = [];

  constructor(options: LogInOptions<Role>) {
    this.#options = options;
    this.#byNameThere = new LogInLimit(options.failuresOfName, options.nowMs);
    this.#byPlace = new LogInLimit(options.failuresOfPlace, options.nowMs);
  }

  /** Throws `users/unreadable`. */
  async check({ name, password }: Credentials, place: string): Promise<LogInOutcome<Role>> {
    const { users, record } = this.#options;
    // A name is blocked at the place of whoever guesses it, so that nobody can lock somebody out from elsewhere.
    const nameThere = `${place} ${name}`;
    const waitMs = Math.max(this.#byNameThere.waitMs(nameThere), this.#byPlace.waitMs(place));
    if (waitMs > 0) return { refused: 'wait', waitMs };
    if (this.#queue.length >= checksWaiting) return { refused: 'wait', waitMs: 1_000 };
    // Counted before the slow check, so that many at once get no more tries than one after the other.
    this.#byNameThere.failed(nameThere);
    this.#byPlace.failed(place);
    const user = users.find(name);
    const right = await this.#inTurn(() => passwordMatches(password, user?.password ?? nobodysPassword));
    if (user === null || !right) {
      record.refused(user?.name ?? null, place);
      return { refused: 'wrong' };
    }
    this.#byNameThere.forget(nameThere);
    this.#byPlace.takeBack(place);
    record.loggedIn(user.name, place);
    return { user };
  }

  async #inTurn<T>(check: () => Promise<T>): Promise<T> {
    if (this.#checking < checksAtOnce) this.#checking += 1;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    try {
      return await check();
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#checking -= 1;
    }
  }
}
