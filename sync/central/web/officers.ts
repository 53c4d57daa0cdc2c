import { type User, UserFile } from '../../log-in/user-file.ts';

/** A viewer sees everything and changes nothing; an officer answers hits. */
export const roles = ['viewer', 'officer'] as const;
export type Role = (typeof roles)[number];

export type WebUser = User<Role>;
export type WebUsers = UserFile<Role>;

/** Whoever may log in to the page. */
export function openWebUsers(path: string): WebUsers {
  return new UserFile(path, roles);
}
