import type { Statement } from '../../database/database.ts';

/** Carries a use of the database out and sees how it fails. */
export type Guard = <T>(use: () => T) => T;

/** A prepared statement each use of which goes through a guard. */
export class GuardedStatement<Parameters extends unknown[], Row> {
  readonly #statement: Statement<Parameters, Row>;
  readonly #guard: Guard;

  constructor(statement: Statement<Parameters, Row>, guard: Guard) {
    this.#statement = statement;
    this.#guard = guard;
  }

  run(...parameters: Parameters): ReturnType<Statement['run']> {
    return this.#guard(() => this.#statement.run(...parameters));
  }

  get(...parameters: Parameters): Row | undefined {
    return this.#guard(() => this.#statement.get(...parameters));
  }

  all(...parameters: Parameters): Row[] {
    return this.#guard(() => this.#statement.all(...parameters));
  }

  *iterate(...parameters: Parameters): Generator<Row, void> {
    const rows = this.#guard(() => this.#statement.iterate(...parameters));
    try {
      for (;;) {
        const next = this.#guard(() => rows.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      // Until then the connection refuses every write.
      rows.return?.();
    }
  }
}
