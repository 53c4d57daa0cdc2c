import type { BrokerMessage } from '../broker/broker-link.ts';
import type { AwaitedRecipients } from './awaited-recipients.ts';
import { parseMessage } from './cloud-event.ts';
import { maxReceiptBytes, type Receipt, receiptSchema } from './hit.ts';
import type { Outbox } from './outbox.ts';
import type { ResendSchedule } from './resend-schedule.ts';

export interface ReceiptTakerOptions {
  readonly outbox: Outbox;
  readonly awaited: AwaitedRecipients;
  readonly hits: ResendSchedule;
  readonly pictures: ResendSchedule;
}

/**
 * Takes what the centre says: a hit or picture leaves the outbox once all its recipients have it, and the pictures of a hit
 * have their turn once one of them has the hit.
 */
export class ReceiptTaker {
  readonly #options: ReceiptTakerOptions;
  /** Said by the centre and not yet taken by the outbox; bounded by what one turn of the loop reads. */
  readonly #heard: Receipt['data'][] = [];
  #ignored = 0;

  constructor(options: ReceiptTakerOptions) {
    this.#options = options;
  }

  /** Receipts that were none, or of nothing that waits here. */
  get ignored(): number {
    return this.#ignored;
  }

  /** Keeps a receipt until `takeAll`; false when the message is none. */
  hear({ payload }: BrokerMessage): boolean {
    const receipt = parseMessage(receiptSchema, payload, maxReceiptBytes)?.data;
    if (receipt) this.#heard.push(receipt);
    else this.#ignored += 1;
    return receipt !== undefined;
  }

  /** Takes everything that was heard. */
  takeAll(): void {
    const { outbox, awaited } = this.#options;
    const complete: Receipt['data'][] = [];
    const begun: string[] = [];
    for (const receipt of this.#heard.splice(0)) {
      const { hit, part } = receipt;
      const confirmed = awaited.confirmed(messageKey(hit, part), this.#countsFor(receipt));
      if (confirmed === 'by-all') complete.push(receipt);
      if (confirmed === 'by-some') this.#answered(receipt);
      if (confirmed === 'by-some' && part === 'hit') begun.push(hit);
    }
    if (begun.length > 0) outbox.startPictures(begun);
    if (complete.length === 0) return;
    const taken = outbox.receiveAll(complete);
    for (const [index, receipt] of complete.entries()) {
      if (taken[index]) this.#settle(receipt);
      else this.#ignored += 1;
    }
  }

  /** Whoever has not confirmed a hit refuses its pictures because it does not know the hit: that is no answer to them. */
  #countsFor({ hit, outcome, recipients }: Receipt['data']): readonly string[] | undefined {
    const { outbox, awaited } = this.#options;
    if (outcome !== 'refused' || !outbox.isWaiting(hit)) return recipients;
    return recipients?.filter((print) => awaited.has(hit, print));
  }

  /** A picture that all have who have its hit waits for the others, and is sent at once when one of them has the hit. */
  #answered({ hit, part }: Receipt['data']): void {
    const { outbox, awaited, hits, pictures } = this.#options;
    const key = messageKey(hit, part);
    if (part === 'hit') hits.answered(key);
    else if (outbox.isWaiting(hit) && !awaited.lackedByHolders(hit, key)) pictures.settle(key);
    else pictures.answered(key);
  }

  /**
   * No line of the log for a picture that was refused: whether its hit asks for a discreet check is not known here any more, and of
   * such a hit nothing on the node tells. The centre's log names the hit and the reason.
   */
  #settle({ hit, part }: Receipt['data']): void {
    const { awaited, hits, pictures } = this.#options;
    const key = messageKey(hit, part);
    awaited.settle(key);
    (part === 'hit' ? hits : pictures).settle(key);
  }
}

/** By what the sending of a hit, or of one of its pictures, is known. */
export function messageKey(hitId: string, part: Receipt['data']['part']): string {
  return part === 'hit' ? hitId : `${hitId}/${part}`;
}
