import { z } from 'zod';
import { mostRecipients, thumbprint } from './seal.ts';

const recipients = z.array(z.object({ header: z.object({ kid: thumbprint }) })).max(mostRecipients);
/** A sealed hit, or a sealed picture. */
const sealedMessage = z.union([
  z.object({ data: z.object({ recipients }) }).transform((one) => one.data.recipients),
  z.object({ recipients }).transform((one) => one.recipients),
]);

/**
 * Whose receipts a sealed message still waits for. Each of its recipients may have a centre of its own, and one that was away
 * must not lose a hit because another has it.
 *
 * It is kept in memory only: after a restart everything that waits is sent again, and everybody confirms again.
 */
export class AwaitedRecipients {
  readonly #waiting = new Map<string, Set<string>>();

  /** Notes to whom a message went; one that is not sealed waits for nobody in particular. */
  sent(key: string, payload: Uint8Array): void {
    if (this.#waiting.has(key)) return;
    const prints = recipientsOf(payload);
    if (prints.length > 0) this.#waiting.set(key, new Set(prints));
  }

  /**
   * Whether with this receipt everybody has the message. One that names recipients of a message that was not sent since the
   * start does not count: it will be sent, and confirmed again.
   */
  isLast(key: string, confirmedFor: readonly string[] | undefined): boolean {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return confirmedFor === undefined;
    for (const print of confirmedFor ?? []) waiting.delete(print);
    if (waiting.size > 0) return false;
    this.#waiting.delete(key);
    return true;
  }
}

function recipientsOf(payload: Uint8Array): readonly string[] {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  // What is not sealed has no such member, and most pictures need not be read as JSON to know.
  if (text[0] !== 0x7b || !text.includes('"encrypted_key"')) return [];
  const sealed = sealedMessage.safeParse(JSON.parse(text.toString()));
  return sealed.success ? sealed.data.map(({ header }) => header.kid) : [];
}
