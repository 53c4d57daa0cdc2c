import { Fault } from '../../../config/foundation/fault.ts';
import type { ListStore } from '../store/list-store.ts';
import type { NodeKey } from './node-key.ts';
import { type ListIdentity, ListSeal } from './seal.ts';
import { mostWrappedBytes, unwrapListKey } from './wrap.ts';

export type KeyOutcome = 'taken' | 'known' | 'too-large' | 'bad-wrapped-key' | 'wrong-key';

interface EarlyKey {
  readonly seal: ListSeal;
  readonly jwe: string;
}

/** Keys that came before a manifest of their generation are kept in this number: of one generation, and of all together. */
const mostEarly = { ofOne: 4, ofAll: 256 } as const;

/**
 * The list keys of this node: wrapped in the store, in clear in memory only.
 * Invariant: a key that opens the version this node accepted is never replaced by one that does not, so a stranger at the broker
 * cannot take a list away by sending another key. One that comes before its manifest is nobody's yet: it waits in memory beside others
 * until the manifest says which of them is meant, and only that one is stored.
 */
export class ListKeys {
  readonly #node: NodeKey;
  readonly #store: ListStore;
  readonly #seals = new Map<string, ListSeal>();
  readonly #wrapped = new Map<string, string>();
  /** The oldest first. */
  readonly #early = new Map<string, readonly EarlyKey[]>();
  readonly #listeners = new Set<() => void>();
  #revision = 0;

  private constructor(node: NodeKey, store: ListStore) {
    this.#node = node;
    this.#store = store;
  }

  /** Opens the keys that the store holds; one that cannot be opened any more is left aside until it is sent again. */
  static async open(node: NodeKey, store: ListStore): Promise<ListKeys> {
    const keys = new ListKeys(node, store);
    for (const { jwe, ...list } of store.wrappedKeys()) await keys.#open(list, jwe);
    return keys;
  }

  /** Grows when a key was added. */
  get revision(): number {
    return this.#revision;
  }

  sealOf(list: ListIdentity): ListSeal | null {
    return this.#seals.get(nameOf(list)) ?? null;
  }

  /** Takes a wrapped key from the broker. */
  async receive(list: ListIdentity, message: Uint8Array): Promise<KeyOutcome> {
    if (message.length > mostWrappedBytes) return 'too-large';
    const jwe = Buffer.from(message).toString('latin1');
    const early = this.#early.get(nameOf(list)) ?? [];
    if (this.#wrapped.get(nameOf(list)) === jwe || early.some((one) => one.jwe === jwe)) return 'known';
    return await this.#open(list, jwe, { isNew: true });
  }

  /** Takes the key that a manifest means from those that came before it. `wrong-key` when there were some and none is meant. */
  takeEarly(list: ListIdentity, keyCheck: string): KeyOutcome {
    const name = nameOf(list);
    const early = this.#early.get(name) ?? [];
    this.#early.delete(name);
    if (early.length === 0 || this.sealOf(list)?.keyCheck === keyCheck) return 'known';
    const meant = early.find(({ seal }) => seal.keyCheck === keyCheck);
    if (meant === undefined) return 'wrong-key';
    this.#keep(list, meant, { isNew: true });
    return 'taken';
  }

  /** Forgets every key of a list that this node holds no more. */
  forget(authority: string, list: string): void {
    for (const name of [...this.#seals.keys(), ...this.#early.keys()]) {
      if (!name.startsWith(`${authority}/${list}/`)) continue;
      this.#seals.delete(name);
      this.#wrapped.delete(name);
      this.#early.delete(name);
    }
    this.#revision += 1;
  }

  /** Resolves when the key that a manifest means is here. */
  async waitFor(list: ListIdentity, keyCheck: string, signal: AbortSignal): Promise<void> {
    while (this.sealOf(list)?.keyCheck !== keyCheck) {
      signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.#listeners.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        this.#listeners.add(done);
        signal.addEventListener('abort', done, { once: true });
      });
    }
  }

  async #open(list: ListIdentity, jwe: string, { isNew } = { isNew: false }): Promise<KeyOutcome> {
    try {
      const seal = new ListSeal(await unwrapListKey(jwe, list, this.#node), list);
      const expected = this.#expectedCheck(list);
      if (expected === null) this.#keepEarly(nameOf(list), { seal, jwe });
      else if (seal.keyCheck === expected) this.#keep(list, { seal, jwe }, { isNew });
      else return 'wrong-key';
      return 'taken';
    } catch (error) {
      if (error instanceof Fault && error.code === 'list/bad-wrapped-key') return 'bad-wrapped-key';
      throw error;
    }
  }

  /** Stored first: what a full disk does not take must be taken when it is sent again. */
  #keep(list: ListIdentity, { seal, jwe }: EarlyKey, { isNew }: { readonly isNew: boolean }): void {
    if (isNew) this.#store.putWrappedKey(list, jwe);
    this.#seals.set(nameOf(list), seal);
    this.#wrapped.set(nameOf(list), jwe);
    this.#revision += 1;
    for (const listener of [...this.#listeners]) listener();
  }

  /** The first of one generation stay, or a stranger who sends many would push the right one out; of many generations the last. */
  #keepEarly(name: string, key: EarlyKey): void {
    const others = this.#early.get(name) ?? [];
    if (others.length >= mostEarly.ofOne) return;
    this.#early.set(name, [...others, key]);
    const [oldest] = this.#early.keys();
    if (this.#early.size > mostEarly.ofAll && oldest !== undefined) this.#early.delete(oldest);
  }

  #expectedCheck(list: ListIdentity): string | null {
    const stored = this.#store.list(list.authority, list.list);
    const manifests = [stored?.active, stored?.pending?.manifest];
    for (const manifest of manifests) {
      if (manifest?.state === 'active' && manifest.generation === list.generation) return manifest.keyCheck;
    }
    return null;
  }
}

function nameOf(list: ListIdentity): string {
  return `${list.authority}/${list.list}/${list.generation}`;
}
