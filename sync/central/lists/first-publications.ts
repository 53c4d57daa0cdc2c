import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { instant } from '../../lists/entry.ts';
import { replaceFile } from './replace-file.ts';

/** By the broker's URL, the version that was brought there last; `at` is null where nobody saw it arrive for the first time. */
const notesSchema = z.record(z.string(), z.strictObject({ sha256: z.string(), at: instant.nullable() }));
type Notes = z.infer<typeof notesSchema>;

/** A version on its way to a broker. */
export interface DepartingVersion {
  readonly sha256: string;
  /** It was on its way to some broker before, whether or not it arrived there. */
  readonly departedBefore: boolean;
}

/**
 * When a version first reached each broker. A time is noted only where it is known to be that of the first arrival: who is late is reckoned
 * from it, and one that is too young would make late nodes look punctual.
 */
export class FirstPublications {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** When the version that was brought to a broker last first reached it; null where that is not known. */
  at(broker: string): { readonly sha256: string; readonly ms: number } | null {
    const note = this.#notes()[broker];
    return note === undefined || note.at === null ? null : { sha256: note.sha256, ms: Date.parse(note.at) };
  }

  /** To be called before a version leaves for a broker; call what is returned once it has arrived there. */
  begin(broker: string, { sha256, departedBefore }: DepartingVersion): (nowMs: number) => void {
    const notes = this.#notes();
    const isNoted = Object.values(notes).some((note) => note.sha256 === sha256);
    // An older program may have brought it to any broker and noted nothing here.
    if (departedBefore && !isNoted) return () => undefined;
    if (notes[broker]?.sha256 === sha256) return () => undefined;
    // Should this be cut off, it may have arrived all the same.
    this.#note(broker, { sha256, at: null });
    return (nowMs) => this.#note(broker, { sha256, at: new Date(nowMs).toISOString() });
  }

  #note(broker: string, note: Notes[string]): void {
    replaceFile(this.#path, JSON.stringify({ ...this.#notes(), [broker]: note }));
  }

  /** Nothing hangs on these but how exactly lateness is told, so what cannot be read must not keep a list from its nodes. */
  #notes(): Notes {
    try {
      return existsSync(this.#path) ? notesSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8'))) : {};
    } catch {
      return {};
    }
  }
}
