import { Fault } from '../../../config/foundation/fault.ts';
import { type CsvError, readListCsv } from '../../lists/list-csv.ts';
import type { ListDescription } from '../../lists/list-description.ts';
import type { ActiveManifest } from '../../lists/manifest.ts';
import { ListBuilder, type VersionPlace } from './build-list.ts';
import { type ListFolder, newListKey } from './list-folder.ts';

export interface BuildRequest {
  readonly description: ListDescription;
  readonly csv: AsyncIterable<string> | Iterable<string>;
  readonly folder: ListFolder;
  readonly nowMs: number;
  /** Begins a new generation with a new list key. */
  readonly rotateKey?: boolean;
  /** Checks and counts, and writes nothing. */
  readonly dryRun?: boolean;
  readonly onProgress?: (entriesRead: number) => void;
}

export type BuildOutcome =
  | { readonly manifest: ActiveManifest; readonly rows: number }
  | { readonly errors: readonly CsvError[]; readonly errorCount: number; readonly rows: number };

const mostErrorsKept = 1000;
const progressEvery = 10_000;

/** Builds the next version of a list from its description and rows. With any bad row it builds nothing and says which. */
export async function buildListFolder(request: BuildRequest): Promise<BuildOutcome> {
  const { description, folder } = request;
  const { place, listKey } = nextPlace(request);
  const builder = new ListBuilder(description, listKey, place);
  const errors: CsvError[] = [];
  let errorCount = 0;
  let rows = 0;
  for await (const item of readListCsv(request.csv)) {
    if ('entry' in item) {
      rows += 1;
      builder.add(item.entry);
      if (rows % progressEvery === 0) request.onProgress?.(rows);
    } else {
      errorCount += 1;
      if (errors.length < mostErrorsKept) errors.push(item);
    }
  }
  if (errorCount > 0) return { errors, errorCount, rows };
  const built = builder.finish();
  if (Date.parse(built.manifest.validUntil) <= request.nowMs) {
    throw new Fault('list/expired', 'the validity in the description has ended already');
  }
  if (request.dryRun !== true) folder.write(built, listKey);
  return { manifest: built.manifest, rows };
}

/** Versions only grow, and a key that was given up with a revocation is never used again. */
function nextPlace({ description, folder, nowMs, rotateKey }: BuildRequest): { place: VersionPlace; listKey: Buffer } {
  const before = folder.manifest();
  if (before === null) {
    return { place: { generation: 1, version: 1, predecessor: null, issuedMs: nowMs }, listKey: newListKey() };
  }
  if (before.authority !== description.authority || before.list !== description.list) {
    const there = `${before.authority}/${before.list}`;
    throw new Fault('list-folder/other-list', `${folder.path} holds the list ${there}; give each list its own folder`);
  }
  const published = folder.published();
  const predecessor = published === null ? null : { version: published.manifest.version, sha256: published.sha256 };
  const fresh = rotateKey === true || before.state === 'revoked';
  const generation = before.generation + (fresh ? 1 : 0);
  return {
    place: { generation, version: before.version + 1, predecessor, issuedMs: nowMs },
    listKey: fresh ? newListKey() : folder.listKey(),
  };
}
