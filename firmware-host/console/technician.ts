import { type User, UserFile } from '../../sync/log-in/user-file.ts';

/** A technician looks, tests and restarts; an engineer may also change how the node is set up. */
export const consoleRoles = ['technician', 'engineer'] as const;
export type ConsoleRole = (typeof consoleRoles)[number];

/** Who is logged in to the console. */
export type Technician = Pick<User<ConsoleRole>, 'name' | 'role' | 'changedAt'>;

/** Whoever may log in to the console. */
export function openConsoleUsers(path: string): UserFile<ConsoleRole> {
  return new UserFile(path, consoleRoles);
}

/** Whether somebody in this role may do what needs that one: each role may do what those before it may. */
export function mayDo(role: ConsoleRole, needs: ConsoleRole): boolean {
  return consoleRoles.indexOf(role) >= consoleRoles.indexOf(needs);
}
