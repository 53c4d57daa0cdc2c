import type { Diagnostics } from './diagnostics.ts';

/** One word of the console. Its answer is lines of text; they are paged and made safe for a terminal by the shell. */
export interface ConsoleCommand {
  readonly name: string;
  /** One line for `help`. */
  readonly summary: string;
  run(words: readonly string[], node: Diagnostics): readonly string[];
  /** What may stand as the last of these words. */
  complete?(words: readonly string[], node: Diagnostics): readonly string[];
}
