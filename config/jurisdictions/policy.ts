import type { Profile } from './profile.ts';

/** `reason` has fixed words for health, console and centre. */
export type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

/** What the policy needs to know of a list. */
export interface PolicyList {
  readonly authority: string;
  readonly purpose: string;
  /** The list's default action, and those of entries where they are known. */
  readonly actions: readonly string[];
}

/** Whether this node may read plates at all. A node that may not starts, says so, and opens no camera. */
export function mayRead(profile: Profile): Verdict {
  return profile.reading.value ? { allowed: true } : refuse('inhibited: no legal basis');
}

/** Whether this list may be on this node; asked on arrival, before anything of it is stored. */
export function mayLoad(profile: Profile, list: PolicyList): Verdict {
  const reading = mayRead(profile);
  if (!reading.allowed) return reading;
  if (!profile.authorities.value.some((known) => covers(known, list.authority)))
    return refuse(`authority not allowed in ${profile.country}: ${list.authority}`);
  if (!profile.purposes.value.includes(list.purpose))
    return refuse(`purpose not allowed in ${profile.country}: ${list.purpose}`);
  const action = list.actions.find((asked) => !profile.actions.value.includes(asked));
  if (action !== undefined) return refuse(`action not allowed in ${profile.country}: ${action}`);
  return { allowed: true };
}

function covers(known: string, authority: string): boolean {
  return known.endsWith('*') ? authority.startsWith(known.slice(0, -1)) : authority === known;
}

function refuse(reason: string): Verdict {
  return { allowed: false, reason };
}
