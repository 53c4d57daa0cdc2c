/** Runs `cleanUp`, which must not wait, when the benchmark is interrupted; returns how to leave that. */
export function onInterrupt(cleanUp: () => void): () => void {
  const interrupted = (): void => {
    cleanUp();
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  return () => {
    process.removeListener('SIGINT', interrupted);
    process.removeListener('SIGTERM', interrupted);
  };
}
