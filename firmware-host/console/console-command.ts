import type { Controls } from './controls.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { ConsoleRole } from './technician.ts';

interface Word {
  readonly name: string;
  /** One line for `help`. */
  readonly summary: string;
  /** What may stand as the last of these words. */
  complete?(words: readonly string[], node: Diagnostics): readonly string[];
}

/** One word of the console. Its answer is lines of text; they are paged and made safe for a terminal by the shell. */
export interface LookingCommand extends Word {
  run(words: readonly string[], node: Diagnostics): readonly string[];
}

/** What a command did. */
export interface Change {
  readonly lines: readonly string[];
  /** In words of our own, for the audit log: what was typed may be anything. Null when nothing was done. */
  readonly did: string | null;
}

/** A word that changes something: only somebody who is logged in, in such a role, may say it, and it is written down. */
export interface ChangingCommand extends Word {
  readonly needs: ConsoleRole;
  change(words: readonly string[], node: Diagnostics, controls: Controls): Change | Promise<Change>;
}

export type ConsoleCommand = LookingCommand | ChangingCommand;
