import { Fault } from '../../../config/foundation/fault.ts';
import type { Database } from '../../database/database.ts';
import { type ActiveManifest, layersOf, parseManifest, type SignedManifest } from '../manifest.ts';
import type { ListIdentity } from '../sealing/seal.ts';
import { LayerStore } from './layer-store.ts';
import { ListDatabase } from './list-database.ts';
import type { ListRow, listStatements, VersionFloor } from './list-statements.ts';

/** One list as the node holds it. */
export interface StoredList {
  readonly authority: string;
  readonly list: string;
  readonly accepted: { readonly generation: number; readonly version: number; readonly sha256: string };
  readonly withdrawn: Withdrawal | null;
  readonly pending: SignedManifest | null;
  readonly active: ActiveManifest | null;
  /** The signed manifests by which it is held: of the version that matches, of the one that is being fetched or after which it was withdrawn. */
  readonly held: readonly SignedManifest[];
}
export type Withdrawal = 'revoked' | 'outside-area';

/**
 * The node's lists in SQLite: which version of each is accepted, fetched and matching, and their wrapped keys; see list-tables.ts for
 * what always holds. It trusts its caller to have verified signatures.
 */
export class ListStore {
  /** What the versions consist of. */
  readonly layers: LayerStore;
  readonly #database: ListDatabase;
  readonly #sql: ReturnType<typeof listStatements>;
  readonly #manifests = new Map<string, readonly SignedManifest[]>();
  #revision = 0;

  /** `onDamaged` hears of damage that is found while the store is in use, before the fault that ends that use. */
  constructor(database: Database, onDamaged: () => void = () => undefined) {
    this.#database = new ListDatabase(database, onDamaged);
    this.#sql = this.#database.sql;
    this.layers = new LayerStore(this.#database);
  }

  /** Grows whenever what matches may have changed. */
  get revision(): number {
    return this.#revision;
  }

  lists(): StoredList[] {
    return this.#sql.lists.all().map((row) => this.#stored(row));
  }

  list(authority: string, name: string): StoredList | null {
    const row = this.#row(authority, name);
    return row === undefined ? null : this.#stored(row);
  }

  /** When this authority signed last, as far as this node knows; the true time is not before it. */
  latestIssuedMs(authority: string): number {
    return this.#sql.latestIssued.get(authority)?.ms ?? 0;
  }

  /** Reads what matching needs before the first look-up, so that damage there is found at once. */
  readThrough(): void {
    this.wrappedKeys();
    for (const { authority, list, active } of this.lists()) {
      for (const { index } of active === null ? [] : layersOf(active)) {
        const layer = { authority, list, indexSha256: index.sha256 };
        this.layers.expectComplete(layer);
        this.layers.handOver(layer, this.layers.read(layer));
      }
    }
  }

  /** Says that another connection may have changed what matches. */
  changedElsewhere(): void {
    this.#revision += 1;
  }

  /** Remembers how new a list was that is no longer here: the version itself is accepted again, an older one is not. */
  raiseFloor({ authority, list, generation, version, issuedMs }: VersionFloor): void {
    this.#sql.raiseFloor.run(authority, list, generation, version - 1, issuedMs);
  }

  /** Takes a verified manifest as the newest of its list; what matches stays until `switchTo`. */
  accept(signed: SignedManifest): void {
    this.#remember(signed);
    this.#moveHead(signed, null, signed.bytes);
  }

  /** Takes a verified manifest after which this node matches and opens nothing of the list any more; what it held is for the next collection. */
  withdraw(signed: SignedManifest, why: Withdrawal): void {
    this.#database.changing(() => {
      this.#moveHead(signed, why, signed.bytes);
      this.#dropOldKeys();
    });
    this.#revision += 1;
  }

  /** Forgets a list altogether (its authority is trusted no more); what it held is for the next collection. */
  forget(authority: string, name: string): void {
    this.#database.changing(() => {
      this.#sql.dropKeysOf.run(authority, name);
      const row = this.#row(authority, name);
      this.#sql.dropLayersOf.run(row?.id ?? -1);
      this.#sql.dropList.run(row?.id ?? -1);
    });
    this.#manifests.delete(`${authority}/${name}`);
    this.#revision += 1;
  }

  /** Forgets a list but for how new it was: this version may be accepted again, no older one. */
  forgetContent(authority: string, name: string): void {
    const floor = this.#sql.floor.get(authority, name);
    if (floor === undefined) return;
    this.#database.changing(() => {
      this.forget(authority, name);
      this.raiseFloor(floor);
    });
  }

  /** Gives a pending version up; what matches stays. */
  dropPending(authority: string, name: string): void {
    this.#sql.dropPending.run(authority, name);
  }

  /** Lets the pending version match from now on. Throws `list/incomplete` when it is not all here. */
  switchTo(signed: SignedManifest): void {
    const { manifest } = signed;
    const { authority, list } = manifest;
    if (manifest.state !== 'active') throw new Fault('list/incomplete', 'a revoked list has no version to match');
    this.#database.changing(() => {
      const pending = this.#row(authority, list)?.pending;
      if (!pending?.equals(signed.bytes)) throw new Fault('list/incomplete', 'this version is not the pending one');
      for (const { index } of layersOf(manifest)) {
        this.layers.expectComplete({ authority, list, indexSha256: index.sha256 });
      }
      this.#sql.switchTo.run(authority, list);
    });
    this.#revision += 1;
  }

  putWrappedKey(list: ListIdentity, jwe: string): void {
    this.#sql.putWrappedKey.run(list.authority, list.list, list.generation, jwe);
    this.#revision += 1;
  }

  wrappedKeys(): (ListIdentity & { readonly jwe: string })[] {
    return this.#sql.wrappedKeys.all();
  }

  /** Gives up the layers and keys that no version needs. Whoever matches has taken over by then what was switched to. */
  collectLayers(): void {
    this.#database.changing(() => {
      this.#dropUnusedLayers();
      this.#dropOldKeys();
    });
  }

  /** Deletes a small part of what no layer names, in a short transaction; tells whether there may be more. */
  collectSomeChunks(): boolean {
    return this.#database.changing(() => this.layers.dropSomeUnused());
  }

  #stored(row: ListRow): StoredList {
    const [matching, pending] = [row.manifest, row.pending].map((one) => one && this.#manifestOf(row, one));
    const active = matching?.manifest;
    return {
      authority: row.authority,
      list: row.name,
      accepted: { generation: row.accepted_generation, version: row.accepted_version, sha256: row.accepted_sha256 },
      withdrawn: row.withdrawn,
      pending: row.withdrawn === null ? (pending ?? null) : null,
      active: active?.state === 'active' ? active : null,
      held: [matching, pending].filter((one) => one != null),
    };
  }

  #indexesNamedBy(row: ListRow, signed: Buffer | null): string[] {
    if (signed === null) return [];
    const { manifest } = this.#manifestOf(row, signed);
    return manifest.state === 'active' ? layersOf(manifest).map((layer) => layer.index.sha256) : [];
  }

  /** A stored manifest; the last two of each list are remembered, because reading one costs more than everything around it. */
  #manifestOf({ authority, name }: Pick<ListRow, 'authority' | 'name'>, bytes: Buffer): SignedManifest {
    const known = this.#manifests.get(`${authority}/${name}`)?.find((one) => one.bytes.equals(bytes));
    return known ?? this.#remember(parseManifest(bytes));
  }

  #remember(signed: SignedManifest): SignedManifest {
    const name = `${signed.manifest.authority}/${signed.manifest.list}`;
    this.#manifests.set(name, [signed, ...(this.#manifests.get(name) ?? [])].slice(0, 2));
    return signed;
  }

  #dropUnusedLayers(): void {
    for (const row of this.#sql.lists.all()) {
      const held = [row.manifest, row.withdrawn === null ? row.pending : null];
      const needed = new Set(held.flatMap((signed) => this.#indexesNamedBy(row, signed)));
      for (const layer of this.#sql.layersOf.all(row.id)) {
        if (!needed.has(layer.index_sha256)) this.#sql.dropLayer.run(layer.id);
      }
    }
  }

  /** Keys of generations before the one that matches, and of lists that this node holds no more. */
  #dropOldKeys(): void {
    this.#sql.dropStrayKeys.run();
    for (const list of this.lists()) {
      const oldest = list.active?.generation ?? (list.withdrawn === null ? 0 : list.accepted.generation + 1);
      this.#sql.dropKeysBefore.run(list.authority, list.list, oldest);
    }
  }

  #moveHead({ manifest, sha256 }: SignedManifest, withdrawn: Withdrawal | null, pending: Buffer | null): void {
    this.#sql.moveHead.run({
      authority: manifest.authority,
      list: manifest.list,
      generation: manifest.generation,
      version: manifest.version,
      sha256,
      issuedMs: Date.parse(manifest.issued),
      withdrawn,
      pending,
    });
  }

  #row(authority: string, name: string): ListRow | undefined {
    return this.#sql.list.get(authority, name);
  }
}
