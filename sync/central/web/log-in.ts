import { z } from 'zod';
import type { Log } from '../../../config/foundation/log.ts';
import { LogInLimit } from './log-in-limit.ts';
import { nobodysPassword, passwordMatches } from './password.ts';
import type { User, UserFile } from './user-file.ts';

export const credentialsSchema = z.strictObject({ name: z.string().max(64), password: z.string().max(1024) });
export type Credentials = z.infer<typeof credentialsSchema>;

export type LogInOutcome =
  | { readonly user: User }
  | { readonly refused: 'wrong' }
  | { readonly refused: 'wait'; readonly waitMs: number };

export interface LogInOptions {
  readonly users: UserFile;
  readonly log: Log;
  readonly nowMs?: (() => number) | undefined;
}

const quarterHourMs = 15 * 60_000;
/** Each check takes 64 MiB and a core for a moment: a flood of them must not starve the hits. */
const checksAtOnce = 2;
const checksWaiting = 16;

/** Checks names and passwords, slowly for whoever guesses. A wrong name and a wrong password look and take the same. */
export class LogIn {
  readonly #options: LogInOptions;
  readonly #byNameThere: LogInLimit;
  readonly #byAddress: LogInLimit;
  #checking = 0;
  readonly #queue: (() => void)[] = [];

  constructor(options: LogInOptions) {
    this.#options = options;
    this.#byNameThere = new LogInLimit({ failures: 8, windowMs: quarterHourMs }, options.nowMs);
    this.#byAddress = new LogInLimit({ failures: 30, windowMs: quarterHourMs }, options.nowMs);
  }

  async check({ name, password }: Credentials, address: string): Promise<LogInOutcome> {
    const { users, log } = this.#options;
    // A name is blocked at the address of whoever guesses it, so that nobody can lock an officer out from elsewhere.
    const nameThere = `${address} ${name}`;
    const waitMs = Math.max(this.#byNameThere.waitMs(nameThere), this.#byAddress.waitMs(address));
    if (waitMs > 0) return { refused: 'wait', waitMs };
    if (this.#queue.length >= checksWaiting) return { refused: 'wait', waitMs: 1_000 };
    // Counted before the slow check, so that many at once get no more tries than one after the other.
    this.#byNameThere.failed(nameThere);
    this.#byAddress.failed(address);
    const user = users.find(name);
    const right = await this.#inTurn(() => passwordMatches(password, user?.password ?? nobodysPassword));
    if (user === null || !right) {
      // What was typed as a name may be a password: only names that exist are logged.
      log.event('warn', 'web/log-in-refused', { user: user?.name ?? null, address });
      return { refused: 'wrong' };
    }
    this.#byNameThere.forget(nameThere);
    this.#byAddress.takeBack(address);
    log.event('info', 'web/logged-in', { user: user.name, address });
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
