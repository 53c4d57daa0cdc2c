import type { CryptoKey } from 'jose';
import { Fault } from '../../../config/foundation/fault.ts';
import { type Log, silentLog } from '../../../config/foundation/log.ts';
import { importSigningKey, type PublicSigningKey } from '../../uplink/sign.ts';
import { type FiledNodeKey, goneFromFleet, readFiledNodeKeys } from '../lists/node-keys-folder.ts';

export interface KnownNodesOptions {
  /** Reads all registered nodes anew. Throws a Fault when that cannot be done. */
  readonly read: () => readonly RegisteredNode[];
  /** Ids of nodes of the last reading that have certainly left, asked where the register cannot be read as a whole. */
  readonly gone?: (() => readonly string[]) | undefined;
  readonly log?: Log | undefined;
  /** Milliseconds that never jump: a clock that was set back would keep a node believed that was struck off. */
  readonly monotonicMs?: (() => number) | undefined;
}

export interface RegisteredNode {
  /** The node's id. */
  readonly kid: string;
  readonly signing?: PublicSigningKey | undefined;
}

/** A node that is taken out of the register is refused after so long at the latest. */
const freshForMs = 30_000;
/** A stranger's messages must not make the centre read its register all the time. */
const unknownForMs = 2_000;

/** The nodes' public keys, as registered at the centre. Nodes may be registered and struck off while the centre runs. */
export class KnownNodes {
  readonly #options: KnownNodesOptions;
  readonly #log: Log;
  #keys: ReadonlyMap<string, PublicSigningKey> = new Map();
  readonly #imported = new Map<string, { readonly jwk: string; readonly key: CryptoKey }>();
  #readAtMs = Number.NEGATIVE_INFINITY;

  /** Throws where the register cannot be read: a centre that could verify nothing must not begin. */
  constructor(options: KnownNodesOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#take(options.read());
  }

  /** The folder with what `anpr-node enroll` printed on each node. Throws `node-keys/...`. */
  static inFolder(folder: string, log?: Log, monotonicMs?: () => number): KnownNodes {
    let last: readonly FiledNodeKey[] = [];
    const keysOf = (filed: readonly FiledNodeKey[]) => filed.map(({ key }) => key);
    const read = () => {
      last = readFiledNodeKeys(folder);
      return keysOf(last);
    };
    const gone = () => keysOf(goneFromFleet(folder, last)).map(({ kid }) => kid);
    return new KnownNodes({ read, gone, log, monotonicMs });
  }

  /** How many nodes have a key to verify with. */
  get size(): number {
    return this.#keys.size;
  }

  /** The key with which this node's signatures are verified; null for a node that is not registered. */
  async keyOf(node: string): Promise<CryptoKey | null> {
    const ageMs = this.#nowMs() - this.#readAtMs;
    if (ageMs > freshForMs || (ageMs > unknownForMs && !this.#keys.has(node))) this.#readAgain();
    const jwk = this.#keys.get(node);
    if (jwk === undefined) return null;
    const text = JSON.stringify(jwk);
    const known = this.#imported.get(node);
    if (known?.jwk === text) return known.key;
    const key = await importSigningKey(jwk);
    this.#imported.set(node, { jwk: text, key });
    return key;
  }

  /** While the register cannot be read, the nodes that are known go on being so, but for those that have certainly left. */
  #readAgain(): void {
    try {
      this.#take(this.#options.read());
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const gone = new Set(this.#options.gone?.() ?? []);
      this.#keys = new Map([...this.#keys].filter(([node]) => !gone.has(node)));
      this.#readAtMs = this.#nowMs();
      this.#log.event('error', 'centre/register-unreadable', { code: error.code, reason: error.message });
    }
  }

  #take(nodes: readonly RegisteredNode[]): void {
    this.#keys = new Map(nodes.flatMap(({ kid, signing }) => (signing ? [[kid, signing] as const] : [])));
    this.#readAtMs = this.#nowMs();
  }

  #nowMs(): number {
    return this.#options.monotonicMs?.() ?? performance.now();
  }
}
