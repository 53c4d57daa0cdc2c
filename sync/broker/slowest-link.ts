/** A radio link in its worst hour brings so much; whoever waits for less waits for a link that is gone. */
export const slowestBytesPerSecond = 1_000;

/** How long so many bytes take on the slowest link that is still one. */
export function slowestTransferMs(bytes: number, bytesPerSecond: number = slowestBytesPerSecond): number {
  return (bytes / bytesPerSecond) * 1_000;
}
