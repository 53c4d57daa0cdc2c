import { Fault } from '../../config/foundation/fault.ts';
import type { Log, LogFields, LogLevel } from '../../config/foundation/log.ts';

/** Passes a node's log on, and keeps what last ended the worker of its camera. */
export class WorkerFault implements Log {
  readonly #log: Log;
  #code: string | null = null;
  #last: (fault: Fault) => void = () => undefined;
  /** Resolves once another start would not help: the models cannot be used, or the worker ended twice running for one cause. */
  readonly lasting = new Promise<Fault>((resolve) => {
    this.#last = resolve;
  });

  constructor(log: Log) {
    this.#log = log;
  }

  event(level: LogLevel, event: string, fields?: LogFields): void {
    if (event === 'camera-worker/restarting' && typeof fields?.code === 'string') this.#ended(fields.code);
    this.#log.event(level, event, fields);
  }

  #ended(code: string): void {
    const lasts = code.startsWith('model/') || code === this.#code;
    this.#code = code;
    if (lasts) this.#last(this.fault);
  }

  /** Why nobody looks at the road: the worker's own code where it told one, `demo/no-viewer` where it did not. */
  get fault(): Fault {
    const why = this.#code === null ? 'it does not say why' : `it ends with ${this.#code}`;
    return new Fault(
      this.#code ?? 'demo/no-viewer',
      `the camera's worker does not start: ${why}; install again (npm ci), and see its log with demo --verbose`,
    );
  }
}
