import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Fault } from '../../config/foundation/fault.ts';
import { importRecipientKey, type KeyByPrint, type RecipientKey, recipientKeySchema } from './seal.ts';

export interface TrustedRecipient {
  readonly recipient: string;
  readonly publicKeyFile: string;
}

/**
 * The public keys of those who receive hits. A hit is sealed to the recipients it names that have a key here; when none of
 * them has one it is signed only. Once one has a key, the others need theirs too: nothing is sent in clear beside it.
 */
export class RecipientKeys {
  #keys: readonly (readonly [recipient: string, key: KeyByPrint])[];
  /** Also of keys that were here before: hits that are sealed to them may still wait. */
  readonly #holders = new Map<string, string>();

  private constructor(keys: readonly (readonly [recipient: string, key: KeyByPrint])[]) {
    this.#keys = keys;
    this.#noteHolders();
  }

  static readonly none = new RecipientKeys([]);

  /** Reads the configured keys. Throws `recipient/bad-key`, and `recipient/secret-key` for one that must not be on a node. */
  static async fromFiles(recipients: readonly TrustedRecipient[]): Promise<RecipientKeys> {
    const keys = recipients.map(async (one) => [one.recipient, await importRecipientKey(readKey(one))] as const);
    return new RecipientKeys(await Promise.all(keys));
  }

  /** From the next hit on these keys count; a hit that is being sealed keeps those it began with. */
  replaceBy(others: RecipientKeys): void {
    this.#keys = others.#keys;
    this.#noteHolders();
  }

  /** Tells these keys of these recipients from any others. */
  get fingerprint(): string {
    const prints = this.#keys.map(([recipient, { print }]) => `${recipient} ${print}`).sort();
    return createHash('sha256').update(prints.join('\n')).digest('hex');
  }

  /** A recipient may have two keys, while it changes from one to the next. */
  keysOf(recipients: readonly string[]): readonly KeyByPrint[] {
    return this.#keys.flatMap(([recipient, key]) => (recipients.includes(recipient) ? [key] : []));
  }

  /** Whose key this is, or was since the start; of one that is not known, the print itself. */
  holderOf(print: string): string {
    return this.#holders.get(print) ?? print;
  }

  /** Recipients that cannot read what is sealed to the others named beside them; none where nobody has a key. */
  cannotRead(recipients: readonly string[]): readonly string[] {
    const known = new Set(this.#keys.map(([recipient]) => recipient));
    return recipients.some((one) => known.has(one)) ? recipients.filter((one) => !known.has(one)) : [];
  }

  #noteHolders(): void {
    for (const [recipient, { print }] of this.#keys) this.#holders.set(print, recipient);
  }
}

function readKey({ recipient, publicKeyFile }: TrustedRecipient): RecipientKey {
  let key: RecipientKey;
  try {
    const json = JSON.parse(readFileSync(publicKeyFile, 'utf8'));
    if (typeof json === 'object' && json !== null && 'd' in json)
      throw new Fault('recipient/secret-key', `${publicKeyFile} is a secret key; it belongs to ${recipient} alone`);
    key = recipientKeySchema.parse(json);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('recipient/bad-key', `cannot read the public key of ${recipient} from ${publicKeyFile}`, { cause });
  }
  // A key under another's name would send a team's hits to somebody else.
  if (key.kid !== recipient)
    throw new Fault('recipient/bad-key', `${publicKeyFile} is the key of ${key.kid}, not of ${recipient}`);
  return key;
}
