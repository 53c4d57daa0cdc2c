import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { Fault } from '../../config/foundation/fault.ts';
import { type PasswordHash, passwordHashSchema } from './password.ts';

/** Stands beside every action in the record, so it is a plain word in one spelling. */
export const userName = z.string().regex(/^[a-z0-9][a-z0-9._-]{1,31}$/);

/** Somebody who may log in, as the file keeps him. */
export interface User<Role extends string = string> {
  readonly name: string;
  readonly role: Role;
  readonly password: PasswordHash;
  /** When role or password last changed; sessions from before are over. */
  readonly changedAt: string;
}

/** Whoever may log in, in one JSON file that its owner alone can read. A missing file holds nobody. */
export class UserFile<Role extends string = string> {
  readonly #path: string;
  readonly #schema: z.ZodType<{ readonly users: readonly User<Role>[] }>;
  #read: { readonly stamp: string; readonly users: readonly User<Role>[] } = { stamp: '', users: [] };

  /** A file of users with these roles: one with others is not for here, and unreadable. */
  constructor(path: string, roles: readonly Role[]) {
    this.#path = path;
    this.#schema = fileSchema(roles);
  }

  /** As the file says now: who was removed is out at once. Throws `users/unreadable`. */
  users(): readonly User<Role>[] {
    const stamp = this.#stamp();
    if (stamp !== this.#read.stamp) this.#read = { stamp, users: stamp === 'none' ? [] : this.#parse() };
    return this.#read.users;
  }

  find(name: string): User<Role> | null {
    return this.users().find((user) => user.name === name) ?? null;
  }

  /** Adds a user, or replaces the one of this name. */
  put(name: string, role: Role, password: PasswordHash, nowMs: number): void {
    const others = this.users().filter((user) => user.name !== name);
    this.#write([...others, { name, role, password, changedAt: new Date(nowMs).toISOString() }]);
  }

  /** Whether there was such a user. */
  remove(name: string): boolean {
    const users = this.users();
    const others = users.filter((user) => user.name !== name);
    if (others.length === users.length) return false;
    this.#write(others);
    return true;
  }

  /** Changes at every rewrite: a new file has another inode even within one tick of the clock. */
  #stamp(): string {
    const status = this.#reach(() => statSync(this.#path, { bigint: true, throwIfNoEntry: false }));
    return status === undefined ? 'none' : `${status.ino}:${status.mtimeNs}:${status.size}`;
  }

  #parse(): readonly User<Role>[] {
    const text = this.#reach(() => readFileSync(this.#path, 'utf8'));
    try {
      return this.#schema.parse(JSON.parse(text)).users;
    } catch (cause) {
      throw new Fault(
        'users/unreadable',
        `${this.#path} is no file of users for here; make one with the command user add`,
        { cause },
      );
    }
  }

  /** What the file system says of the file; a path that leads nowhere or to something else is the operator's to mend. */
  #reach<T>(ask: () => T): T {
    try {
      return ask();
    } catch (cause) {
      throw new Fault(
        'users/unreadable',
        `${this.#path} cannot be read (${(cause as NodeJS.ErrnoException).code}): it must be a file that whoever runs this may read`,
        { cause },
      );
    }
  }

  /** The file is there whole, old or new: a cut in the middle must not lock everybody out. */
  #write(users: readonly User<Role>[]): void {
    const sorted = users.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const part = `${this.#path}.${randomUUID()}.part`;
    try {
      const file = openSync(part, 'wx', 0o600);
      try {
        writeSync(file, `${JSON.stringify({ users: sorted }, null, 2)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(part, this.#path);
    } catch (cause) {
      throw new Fault('users/unwritable', `cannot write ${this.#path}`, { cause });
    }
  }
}

function fileSchema<Role extends string>(roles: readonly Role[]) {
  const user = z.object({
    name: userName,
    role: z.enum(roles),
    password: passwordHashSchema,
    changedAt: z.iso.datetime(),
  });
  return z.object({ users: z.array(user).max(10_000) });
}
