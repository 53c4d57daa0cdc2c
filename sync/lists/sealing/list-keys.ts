import { Fault } from '../../../config/foundation/fault.ts';
import type { ListStore } from '../store/list-store.ts';
import type { NodeKey } from './node-key.ts';
import { type ListIdentity, ListSeal } from './seal.ts';
import { mostWrappedBytes, unwrapListKey } from './wrap.ts';

export type KeyOutcome = 'taken' | 'known' | 'too-large' | 'bad-wrapped-key' | 'wrong-key';

/**
 * The list keys of this node: wrapped in the store, in clear in memory only.
 * Invariant: a key that opens the version this node accepted is never replaced by one that does not, so a stranger at the broker
 * cannot take a list away by sending another key.
 */
export class ListKeys {
  readonly #node: NodeKey;
  readonly #store: ListStore;
  readonly #seals = new Map<string, ListSeal>();
  readonly #wrapped = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  #revision = 0;

  private constructor(node: NodeKey, store: ListStore) {
    this.#node = node;
    this.#store = store;
  }

  /** Opens the keys that the store holds; one that cannot be opened any more is left aside until it is sent again. */
  static async open(node: NodeKey, store: ListStore): Promise<ListKeys> {
    const keys = new ListKeys(node, store);
    for (const { jwe, ...list } of store.wrappedKeys()) await keys.#take(list, jwe);
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
    if (this.#wrapped.get(nameOf(list)) === jwe) return 'known';
    const outcome = await this.#take(list, jwe);
    if (outcome === 'taken') {
      this.#store.putWrappedKey(list, jwe);
      for (const listener of [...this.#listeners]) listener();
    }
    return outcome;
  }

  /** Forgets every key of a list that this node holds no more. */
  forget(authority: string, list: string): void {
    for (const name of [...this.#seals.keys()]) {
      if (!name.startsWith(`${authority}/${list}/`)) continue;
      this.#seals.delete(name);
      this.#wrapped.delete(name);
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

  async #take(list: ListIdentity, jwe: string): Promise<KeyOutcome> {
    try {
      const seal = new ListSeal(await unwrapListKey(jwe, list, this.#node), list);
      const expected = this.#expectedCheck(list);
      if (expected !== null && seal.keyCheck !== expected) return 'wrong-key';
      this.#seals.set(nameOf(list), seal);
      this.#wrapped.set(nameOf(list), jwe);
      this.#revision += 1;
      return 'taken';
    } catch (error) {
      if (error instanceof Fault && error.code === 'list/bad-wrapped-key') return 'bad-wrapped-key';
      throw error;
    }
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
