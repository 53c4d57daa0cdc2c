/** Everything long-lived: runs until the signal aborts, then returns after it has closed what it opened. */
export interface Service {
  readonly name: string;
  run(signal: AbortSignal): Promise<void>;
}
