import type { Log } from '../../../config/foundation/log.ts';
import { LogIn } from '../../log-in/log-in.ts';
import type { HitDesk } from '../store/hit-desk.ts';
import { ChangeWatch } from './change-watch.ts';
import type { NodePlaces } from './node-places.ts';
import type { Role, WebUser, WebUsers } from './officers.ts';
import { type Session, Sessions } from './sessions.ts';

export interface OfficeOptions {
  readonly desk: HitDesk;
  readonly users: WebUsers;
  readonly log: Log;
  readonly tls: boolean;
  readonly idleMs: number;
  readonly places?: NodePlaces | undefined;
  /** Unix milliseconds, for the record. */
  readonly nowMs?: (() => number) | undefined;
  /** A clock that never jumps, for time-outs. */
  readonly steadyMs?: (() => number) | undefined;
}

const longShiftMs = 12 * 3_600_000;
const quarterHourMs = 15 * 60_000;

/** What every route works with: the hits, who is logged in, and the record. */
export class Office {
  readonly desk: HitDesk;
  readonly log: Log;
  readonly tls: boolean;
  readonly places: NodePlaces;
  readonly watch: ChangeWatch;
  readonly sessions: Sessions;
  readonly logIn: LogIn<Role>;
  readonly nowMs: () => number;
  /** Open event streams. */
  readonly streams = new Set<symbol>();
  /** Its name carries the port once that is known: browsers share cookies between the ports of a machine. */
  cookieName = 'hazeldonk';
  readonly #users: WebUsers;

  constructor({ desk, users, log, tls, idleMs, places = new Map(), nowMs = Date.now, steadyMs }: OfficeOptions) {
    this.desk = desk;
    this.log = log;
    this.tls = tls;
    this.places = places;
    this.nowMs = nowMs;
    this.watch = new ChangeWatch(desk, log);
    this.sessions = new Sessions({ idleMs, longestMs: longShiftMs }, steadyMs);
    this.logIn = new LogIn({
      users,
      record: {
        loggedIn: (user, address) => log.event('info', 'web/logged-in', { user, address }),
        refused: (user, address) => log.event('warn', 'web/log-in-refused', { user, address }),
      },
      failuresOfName: { failures: 8, windowMs: quarterHourMs },
      failuresOfPlace: { failures: 30, windowMs: quarterHourMs },
      nowMs: steadyMs,
    });
    this.#users = users;
  }

  /** The user of a session as the file says now; null when he was removed or changed since. */
  userOf(session: Session): WebUser | null {
    const user = this.#users.find(session.user);
    return user?.changedAt === session.userChangedAt ? user : null;
  }

  stillLoggedIn(sessionId: string): boolean {
    const session = this.sessions.alive(sessionId);
    return session !== null && this.userOf(session) !== null;
  }
}
