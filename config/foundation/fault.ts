/**
 * An unexpected failure with a stable code (`area/what`), so that callers decide on codes and never on texts.
 * Ordinary outcomes are values, not faults; bugs are neither and end the process.
 */
export class Fault extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'Fault';
    this.code = code;
  }
}
