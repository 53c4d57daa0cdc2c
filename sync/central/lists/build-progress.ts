import type { BuildPhase } from './build-list-folder.ts';
import { Progress } from './progress.ts';

const words: Record<BuildPhase, string> = {
  read: 'rows checked and sealed',
  resealed: 'entries of the version before sealed anew',
  sorted: 'parts sorted and compared',
};

/** The progress of a build, phase after phase. */
export class BuildProgress {
  #phase: BuildPhase | null = null;
  #progress: Progress | null = null;

  show(phase: BuildPhase, done: number, of?: number): void {
    if (this.#phase !== phase) {
      this.end();
      this.#phase = phase;
      this.#progress = new Progress(words[phase]);
    }
    this.#progress?.show(done, of);
  }

  end(): void {
    this.#progress?.end();
  }
}
