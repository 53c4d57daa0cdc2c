import { z } from 'zod';
import { parseMessage } from './cloud-event.ts';
import { mostRecipients, thumbprint } from './seal.ts';

const recipients = z.array(z.object({ header: z.object({ kid: thumbprint }) })).max(mostRecipients);
/** A sealed hit, or a sealed picture. */
const sealedMessage = z.union([
  z.object({ data: z.object({ recipients }) }).transform((one) => one.data.recipients),
  z.object({ recipients }).transform((one) => one.recipients),
]);

interface Message {
  /** To which keys it is sealed. */
  readonly prints: readonly string[];
  /** Those of them for which it was confirmed. */
  readonly confirmed: Set<string>;
}

/** Who has a message once a receipt of it was heard; `by-nobody`: the receipt tells of none of its recipients. */
export type Confirmed = 'by-all' | 'by-some' | 'by-nobody';

/**
 * Whose receipts a sealed message still waits for. Each of its recipients may have a centre of its own, and one that was away
 * must not lose a hit because another has it. A recipient that changes its key has two for a while and need not hold both, so
 * recipients are counted and not keys; a key that nobody here knows counts for itself.
 *
 * It is kept in memory only: after a restart everything that waits is sent again, and everybody confirms again.
 */
export class AwaitedRecipients {
  readonly #holderOf: (print: string) => string;
  readonly #messages = new Map<string, Message>();

  /** `holderOf`: whose key a thumbprint names. */
  constructor(holderOf: (print: string) => string = (print) => print) {
    this.#holderOf = holderOf;
  }

  /** Notes to whom a message went; one that is not sealed waits for nobody in particular. */
  sent(key: string, payload: Uint8Array): void {
    if (this.#messages.has(key)) return;
    const prints = recipientsOf(payload);
    if (prints.length > 0) this.#messages.set(key, { prints, confirmed: new Set() });
  }

  /**
   * Takes a receipt. One that names recipients of a message that was not sent since the start does not count: it will be sent,
   * and confirmed again.
   */
  confirmed(key: string, confirmedFor: readonly string[] | undefined): Confirmed {
    const message = this.#messages.get(key);
    if (message === undefined) return confirmedFor === undefined ? 'by-all' : 'by-nobody';
    const own = (confirmedFor ?? []).filter((print) => message.prints.includes(print));
    for (const print of own) message.confirmed.add(print);
    if (own.length === 0) return 'by-nobody';
    const holders = this.#holdersOf(key);
    return message.prints.every((print) => holders.has(this.#holderOf(print))) ? 'by-all' : 'by-some';
  }

  /** Whether the holder of this key has confirmed the message. */
  has(key: string, print: string): boolean {
    return this.#holdersOf(key).has(this.#holderOf(print));
  }

  /** Whether anybody who has the one message has not confirmed the other. */
  lackedByHolders(key: string, other: string): boolean {
    const have = this.#holdersOf(other);
    return [...this.#holdersOf(key)].some((holder) => !have.has(holder));
  }

  /** The message waits for nobody any more. */
  settle(key: string): void {
    this.#messages.delete(key);
  }

  #holdersOf(key: string): ReadonlySet<string> {
    return new Set([...(this.#messages.get(key)?.confirmed ?? [])].map(this.#holderOf));
  }
}

function recipientsOf(payload: Uint8Array): readonly string[] {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  // What is not sealed has no such member, and most pictures need not be read as JSON to know.
  if (text[0] !== 0x7b || !text.includes('"encrypted_key"')) return [];
  // Bytes may have turned on the disk: such a message is its centre's to reject, and no reason for the node to end at every start.
  const recipients = parseMessage(sealedMessage, payload, payload.byteLength);
  return recipients?.map(({ header }) => header.kid) ?? [];
}
