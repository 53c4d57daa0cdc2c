import { createHash } from 'node:crypto';
import { Fault } from '../../config/foundation/fault.ts';
import type { Log, LogFields } from '../../config/foundation/log.ts';
import { liveSettings } from '../../config/live-settings.ts';
import { readNodeSettings } from '../../config/load-node-settings.ts';
import type { NodeSettings } from '../../config/node-settings.ts';
import { problemText } from '../../config/yaml/read-yaml.ts';
import { canonicalJson } from '../../sync/lists/canonical-json.ts';
import type { SettingsOutcome } from '../console/controls.ts';
import { changedSettings } from './changed-settings.ts';
import { toldProblems } from './told-problems.ts';

/** New settings with everything they name already read: nothing can go wrong any more. */
export interface PreparedSettings {
  /** Settings that are the same while what they name is not, such as a renewed key. */
  readonly renewed: readonly string[];
  /** At once and without failing. */
  apply(): void;
}

export interface RunningSettingsOptions {
  readonly settings: NodeSettings;
  /** Null for a node that was put together by a program. */
  readonly file: string | null;
  /** Reads what these settings name; throws a fault when something of it is wrong, and has then changed nothing. */
  readonly prepare: (settings: NodeSettings) => Promise<PreparedSettings>;
  readonly log: Log;
}

/**
 * The settings that the node goes by.
 *
 * Invariant: a change is taken over whole, as far as a running node can, or not at all; what waits for a restart is as it was.
 */
export class RunningSettings {
  readonly #options: RunningSettingsOptions;
  #current: NodeSettings;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: RunningSettingsOptions) {
    this.#options = options;
    this.#current = options.settings;
  }

  get current(): NodeSettings {
    return this.#current;
  }

  /** Tells one configuration from another without showing it: settings name hosts and files. */
  get hash(): string {
    return createHash('sha256').update(canonicalJson(this.#current)).digest('hex');
  }

  /** Looks at the settings file anew, one look after the other. Renewed keys of the broker's connection need none of this. */
  takeOver(): Promise<SettingsOutcome> {
    const outcome = this.#last.then(() => this.#takeOver());
    this.#last = outcome.catch(() => undefined);
    return outcome;
  }

  async #takeOver(): Promise<SettingsOutcome> {
    const { file, prepare } = this.#options;
    if (file === null) return { refused: ['this node has no settings file'] };
    const read = readNodeSettings(file);
    if (read.problems !== null) {
      const texts = read.problems.map((problem) => problemText(file, problem));
      return this.#refuse(texts, toldProblems(read.problems));
    }
    const next = takenOver(this.#current, read.value);
    let prepared: PreparedSettings;
    try {
      prepared = await prepare(next);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const { code, message } = error;
      return this.#refuse([`${message} [${code}]`], [{ code, problem: message }]);
    }
    const changed = changedSettings(this.#current, read.value);
    const applied = [...new Set([...changed.filter((name) => liveSettings.has(name)), ...prepared.renewed])];
    const waiting = changed.filter((name) => !liveSettings.has(name));
    const from = this.hash;
    prepared.apply();
    this.#current = next;
    this.#tell({ from, applied, waiting });
    return { applied, waiting };
  }

  /** Told in full to whoever asked at a console; the log is read by more people. */
  #refuse(refused: readonly string[], told: readonly LogFields[]): SettingsOutcome {
    const { log, file } = this.#options;
    log.event('error', 'settings/refused', { file, problems: refused.length, running: this.hash });
    for (const problem of told) log.event('error', 'settings/problem', { file, ...problem });
    return { refused };
  }

  #tell({
    from,
    applied,
    waiting,
  }: Record<'applied' | 'waiting', readonly string[]> & { readonly from: string }): void {
    const { log, file } = this.#options;
    if (applied.length > 0) log.event('info', 'settings/applied', { from, to: this.hash, applied: named(applied) });
    if (waiting.length > 0) log.event('warn', 'settings/need-restart', { file, changed: named(waiting) });
    if (applied.length + waiting.length === 0) log.event('info', 'settings/unchanged', { file });
  }
}

/** The running settings with the live ones of those that were read. */
function takenOver(running: NodeSettings, read: NodeSettings): NodeSettings {
  return {
    ...running,
    console: read.console,
    log: read.log,
    metrics: read.metrics,
    trust: read.trust,
  };
}

function named(settings: readonly string[]): string {
  return settings.join(', ').slice(0, 500);
}
