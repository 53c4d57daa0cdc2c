import { Fault } from '../../config/foundation/fault.ts';
import type { Log } from '../../config/foundation/log.ts';
import { type Credentials, LogIn, type LogInOutcome } from '../../sync/log-in/log-in.ts';
import type { UserFile } from '../../sync/log-in/user-file.ts';
import { type ConsoleRole, openConsoleUsers, type Technician } from './technician.ts';

export interface DoorSettings {
  /** Without a file of users nobody logs in: anybody on a line may look, and nobody change anything. */
  readonly usersFile?: string | undefined;
  readonly idleMs: number;
}

export interface DoorOptions extends DoorSettings {
  readonly log: Log;
  /** A clock that never jumps. */
  readonly nowMs?: (() => number) | undefined;
}

const quarterHourMs = 15 * 60_000;
const failuresOfName = { failures: 5, windowMs: quarterHourMs };
const failuresOfPlace = { failures: 20, windowMs: quarterHourMs };

interface Lock {
  readonly users: UserFile<ConsoleRole>;
  readonly logIn: LogIn<ConsoleRole>;
}

/** Who may sit at the console. Settings of a running node may change; the next command of everybody goes by the new ones. */
export class ConsoleDoor {
  readonly #options: DoorOptions;
  #settings: DoorSettings;
  #lock: Lock | null;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#settings = options;
    this.#lock = this.#lockOf(options.usersFile);
  }

  /** Failed attempts are forgotten only with a change of the file's name. */
  change(settings: DoorSettings): void {
    if (settings.usersFile !== this.#settings.usersFile) this.#lock = this.#lockOf(settings.usersFile);
    this.#settings = settings;
  }

  get locked(): boolean {
    return this.#lock !== null;
  }

  get idleMs(): number {
    return this.#settings.idleMs;
  }

  /** Throws `users/unreadable`. */
  async check(credentials: Credentials, line: string): Promise<LogInOutcome<ConsoleRole>> {
    return (await this.#lock?.logIn.check(credentials, line)) ?? { refused: 'wrong' };
  }

  /** Whether somebody who sits there may stay: as the file says now, and not at all when it cannot be read. */
  isWelcome(technician: Technician | null): boolean {
    if (this.#lock === null || technician === null) return this.#lock === null && technician === null;
    try {
      const { changedAt, role } = technician;
      const user = this.#lock.users.find(technician.name);
      return user?.changedAt === changedAt && user.role === role;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return false;
    }
  }

  #lockOf(usersFile: string | undefined): Lock | null {
    if (usersFile === undefined) return null;
    const { log, nowMs } = this.#options;
    const users = openConsoleUsers(usersFile);
    const record = {
      loggedIn: (user: string, line: string) => log.event('info', 'console/logged-in', { user, line }),
      refused: (user: string | null, line: string) => log.event('warn', 'console/log-in-refused', { user, line }),
    };
    return { users, logIn: new LogIn({ users, record, failuresOfName, failuresOfPlace, nowMs }) };
  }
}
