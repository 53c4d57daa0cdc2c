import { type Log, silentLog } from '../../config/foundation/log.ts';
import type { Service } from '../../config/foundation/service.ts';
import { uuidV7 } from '../../config/foundation/uuid-v7.ts';
import type { EntryStanding, ListedEntry } from '../lists/matching/match.ts';
import { Bell } from './bell.ts';
import { parseMessage } from './cloud-event.ts';
import { type Hit, hitSchema, maxHitBytes, type Withdrawn, withdrawnType } from './hit.ts';
import { hitEnvelopeSchema, maxEnvelopeBytes } from './hit-envelope.ts';
import type { HitSealer } from './hit-sealer.ts';
import { sourceOf } from './make-hit.ts';
import type { Outbox } from './outbox.ts';

export interface WithdrawalsOptions {
  readonly node: string;
  readonly outbox: Outbox;
  readonly sealer: Pick<HitSealer, 'sealWithdrawal'>;
  /** Whether the entry that a hit was made for still stands. */
  readonly standing: (entry: ListedEntry) => EntryStanding;
  readonly log?: Log | undefined;
  readonly nowMs?: (() => number) | undefined;
}

interface Waiting extends ListedEntry {
  readonly recipients: readonly string[];
}

const reasons: Partial<Readonly<Record<EntryStanding, string>>> = {
  removed: 'the entry is no longer on the list',
  'list-revoked': 'the list was revoked',
};
/** Hits looked at without a pause: passages come first. */
const lotOfHits = 50;
/** A revocation says nothing to us, and a disk may have had no room. */
const lookAgainMs = 30_000;
/** More sealed hits than these are not remembered; a fleet's node makes them in months. */
const mostSealed = 10_000;

/**
 * Takes back hits that still wait when their entry has gone from its list, as after days without a link: the list comes over the
 * same link as the hits leave by. The hit is sent all the same, and its withdrawal after it.
 *
 * What a sealed hit says cannot be read on the node any more, so it is remembered in memory: after a restart a sealed hit is not
 * taken back. A hit that the centre has is the centre's.
 */
export class Withdrawals implements Service {
  readonly name = 'withdrawals';
  readonly #options: WithdrawalsOptions;
  readonly #log: Log;
  readonly #bell = new Bell();
  readonly #sealed = new Map<string, Waiting>();

  constructor(options: WithdrawalsOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
  }

  /** A hit goes into the outbox in this body. */
  appended(hit: Hit, body: Uint8Array): void {
    if (hitIn(body) !== null) return;
    this.#sealed.set(hit.id, entryOf(hit));
    const oldest = this.#sealed.keys().next().value;
    if (this.#sealed.size > mostSealed && oldest !== undefined) this.#sealed.delete(oldest);
  }

  /** A list is another one now. */
  listsChanged(): void {
    this.#bell.ring();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#lookThrough(signal);
      await this.#bell.wait(lookAgainMs, signal);
    }
  }

  async #lookThrough(signal: AbortSignal): Promise<void> {
    const waiting = new Set<string>();
    const before = [...this.#sealed.keys()];
    for (let after = ''; !signal.aborted; ) {
      const lot = this.#options.outbox.waiting(after, lotOfHits);
      for (const { id, body } of lot) {
        waiting.add(id);
        const hit = hitIn(body);
        const entry = hit === null ? this.#sealed.get(id) : entryOf(hit);
        if (entry !== undefined) await this.#judge(id, entry);
      }
      const last = lot.at(-1);
      if (last === undefined || lot.length < lotOfHits) break;
      after = last.id;
      await new Promise((resolve) => setImmediate(resolve));
    }
    // What the centre has is nobody's business here any more.
    for (const id of before) if (!waiting.has(id)) this.#sealed.delete(id);
  }

  async #judge(hit: string, entry: Waiting): Promise<void> {
    const { node, outbox, sealer, standing } = this.#options;
    const reason = reasons[standing(entry)];
    if (reason === undefined) return;
    const timeMs = (this.#options.nowMs ?? Date.now)();
    const withdrawn: Withdrawn = {
      specversion: '1.0',
      id: uuidV7(timeMs),
      source: sourceOf(node),
      type: withdrawnType,
      time: new Date(timeMs).toISOString(),
      datacontenttype: 'application/json',
      data: { node, hit, reason },
    };
    const body = await sealer.sealWithdrawal(withdrawn, entry.recipients);
    // Counted there; no line of the log, which would tell of discreet hits as well. That one waits is said of open hits alone.
    if (outbox.withdraw(hit, { id: withdrawn.id, timeMs, body }) === 'no-room' && outbox.isOpen(hit))
      this.#log.event('warn', 'uplink/withdrawal-waits');
  }
}

function entryOf({ data: { plate, list, entry } }: Hit): Waiting {
  const { reference, recipients } = entry;
  return { authority: list.authority, list: list.id, text: plate.read.text, reference, recipients };
}

/** The hit in a body that is signed and not sealed; its own node's signature need not be verified here. */
function hitIn(body: Uint8Array): Hit | null {
  const envelope = parseMessage(hitEnvelopeSchema, body, maxEnvelopeBytes);
  if (envelope?.datacontenttype !== 'application/jose') return null;
  const payload = Buffer.from(envelope.data.split('.')[1] ?? '', 'base64url');
  return parseMessage(hitSchema, payload, maxHitBytes);
}
