import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../../config/foundation/fault.ts';
import type { ListEntry } from '../../lists/entry.ts';
import { type CsvError, readListCsv } from '../../lists/list-csv.ts';
import type { ListDescription } from '../../lists/list-description.ts';
import type { ActiveManifest } from '../../lists/manifest.ts';
import { ListSeal } from '../../lists/sealing/seal.ts';
import { type BuiltVersion, ListBuilder, type VersionBefore } from './build-list.ts';
import type { ListChanges } from './changes.ts';
import type { BlobSink } from './layer-writer.ts';
import { ListContent } from './list-content.ts';
import type { ListFolder } from './list-folder.ts';
import { nextPlace } from './next-place.ts';
import { PlatesCipher } from './plates-cipher.ts';
import { ResealedContent } from './resealed-content.ts';
import type { SafetyReport } from './safety-cost.ts';

/**
 * `read`: rows of the file are checked and sealed; `resealed`: under a new list key, so is the version before, to be compared with;
 * `sorted`: parts of the list are sorted and compared.
 */
export type BuildPhase = 'read' | 'resealed' | 'sorted';

export interface BuildRequest {
  readonly description: ListDescription;
  readonly csv: AsyncIterable<string> | Iterable<string>;
  readonly folder: ListFolder;
  readonly nowMs: number;
  /** Begins a new generation with a new list key. */
  readonly rotateKey?: boolean;
  /** Builds a list that was revoked anew. */
  readonly revive?: boolean;
  /** Folder of the fleet's public keys; without it the one of the last publication. */
  readonly nodeKeys?: string;
  /** Checks and counts, and leaves the folder alone; what has no room in memory goes to the temporary folder, encrypted. */
  readonly dryRun?: boolean;
  readonly onProgress?: (phase: BuildPhase, done: number, of?: number) => void;
}

export interface BuildReport {
  readonly manifest: ActiveManifest;
  readonly rows: number;
  /** Against the version built before; null where there is none, or it could not be compared. */
  readonly changes: ListChanges | null;
  /** Why the version built before could not be compared; null where it was, or there is none. */
  readonly notCompared: string | null;
  /** What a node that holds the version before has to fetch. */
  readonly form: 'snapshot' | 'delta' | 'as-before';
  readonly bytesToFetch: number;
  /** Why a new list key was made; null when the key stays. */
  readonly keyRotated: string | null;
  /** Actions and purposes of the list and of its entries. */
  readonly actions: readonly string[];
  readonly purposes: readonly string[];
  readonly safety: SafetyReport;
}

export type BuildOutcome =
  | BuildReport
  | { readonly errors: readonly CsvError[]; readonly errorCount: number; readonly rows: number };

const mostErrorsKept = 1000;
/** The law knows a handful; a list with more has one that it does not know among the first. */
const mostPurposes = 100;
const progressEvery = 10_000;
const tooLarge = 'more details than an entry may have (4 kB); shorten its area, recipients, purpose or legal basis';

/** Builds the next version of a list from its description and rows. With any bad row it builds nothing and says which. */
export async function buildListFolder(request: BuildRequest): Promise<BuildOutcome> {
  if (request.dryRun === true) return build(request);
  const letGo = request.folder.hold();
  try {
    return await build(request);
  } finally {
    letGo();
  }
}

async function build(request: BuildRequest): Promise<BuildOutcome> {
  const { description, folder, dryRun = false } = request;
  const { place, listKey, keyRotated } = await nextPlace(request);
  const spillFolder = dryRun ? join(tmpdir(), `hazeldonk-build-${randomUUID()}`) : folder.spillFolder;
  const identity = { ...description, generation: place.generation };
  const builder = new ListBuilder({
    description,
    listKey,
    place,
    before: keyRotated === null ? versionBefore(folder) : null,
    sink: dryRun ? nowhere : folder.sink(new PlatesCipher(listKey, identity)),
    spillFolder,
    onSorted: (part, of) => request.onProgress?.('sorted', part, of),
  });
  try {
    const read = await sealRows(request, builder);
    if (read.errorCount > 0) return { errors: read.errors, errorCount: read.errorCount, rows: read.rows };
    const before = keyRotated === null ? none : resealedBefore(request, new ListSeal(listKey, identity), spillFolder);
    const { manifest, changes, form, safety } = finished(builder, before.content);
    if (Date.parse(manifest.validUntil) <= request.nowMs)
      throw new Fault('list/expired', 'the validity in the description has ended already');
    if (!dryRun) folder.commit(manifest, listKey);
    return {
      manifest,
      rows: read.rows,
      changes,
      notCompared: before.notCompared,
      form,
      bytesToFetch: bytesToFetch(manifest, form),
      keyRotated,
      actions: [...read.actions],
      purposes: [...read.purposes],
      safety: safety.report(manifest),
    };
  } finally {
    builder.close();
    rmSync(spillFolder, { recursive: true, force: true });
  }
}

/** After the first bad row nothing is kept any more, but the rest is still checked. */
async function sealRows({ csv, description, onProgress }: BuildRequest, builder: ListBuilder) {
  const errors: CsvError[] = [];
  const actions = new Set<string>([description.action]);
  const purposes = new Set<string>([description.purpose]);
  let errorCount = 0;
  let rows = 0;
  const note = (error: CsvError): void => {
    errorCount += 1;
    if (errors.length < mostErrorsKept) errors.push(error);
  };
  for await (const item of readListCsv(csv)) {
    if (!('entry' in item)) note(item);
    else if (!isTaken(item.entry, errorCount === 0, builder)) note({ line: item.line, column: 1, message: tooLarge });
    else {
      rows += 1;
      if (item.entry.action !== undefined) actions.add(item.entry.action);
      if (item.entry.purpose !== undefined && purposes.size < mostPurposes) purposes.add(item.entry.purpose);
      if (rows % progressEvery === 0) onProgress?.('read', rows);
    }
  }
  return { errors, errorCount, rows, actions, purposes };
}

/** Seals an entry or, where nothing will be built any more, checks that it could be; false for one that is too large. */
function isTaken(entry: ListEntry, build: boolean, builder: ListBuilder): boolean {
  try {
    if (build) builder.add(entry);
    else builder.check(entry);
    return true;
  } catch (error) {
    // How large an entry becomes is known only once its details are written out, and an officer needs the line.
    if (error instanceof Fault && error.code === 'list/entry-too-large') return false;
    throw error;
  }
}

/** The version before under the new list key, so that an officer sees what changed although every look-up key did. */
interface ResealedBefore {
  readonly content: ResealedContent | null;
  readonly notCompared: string | null;
}
const none: ResealedBefore = { content: null, notCompared: null };

function resealedBefore({ folder, onProgress }: BuildRequest, seal: ListSeal, spillFolder: string): ResealedBefore {
  const manifest = folder.manifest();
  if (manifest?.state !== 'active') return none;
  const onEntry = (done: number): void => {
    if (done % progressEvery === 0) onProgress?.('resealed', done, manifest.entries);
  };
  try {
    const spilling = { spillFolder: join(spillFolder, 'before'), onEntry };
    return { content: new ResealedContent({ folder, manifest }, seal, spilling), notCompared: null };
  } catch (error) {
    // A new key is the way out of a damaged folder, and away from a node that is lost: neither waits for a comparison.
    if (!(error instanceof Fault)) throw error;
    if (error.code === 'list/no-spill') return { content: null, notCompared: noRoom(error) };
    if (error.code.startsWith('list-folder/')) return { content: null, notCompared: 'it cannot be opened' };
    throw error;
  }
}

function noRoom({ cause }: Fault): string {
  return `what of it has no room in memory could not be written to disk (${(cause as NodeJS.ErrnoException).code})`;
}

function finished(builder: ListBuilder, before: ResealedContent | null): BuiltVersion {
  try {
    return builder.finish(before);
  } finally {
    before?.close();
  }
}

function versionBefore(folder: ListFolder): VersionBefore | null {
  const manifest = folder.manifest();
  if (manifest?.state !== 'active') return null;
  return { manifest, content: new ListContent(folder, manifest) };
}

function bytesToFetch(manifest: ActiveManifest, form: BuildReport['form']): number {
  const layer = form === 'snapshot' ? manifest.snapshot : manifest.deltas.at(-1);
  return form === 'as-before' || layer === undefined ? 0 : layer.bytes + layer.index.bytes;
}

const nowhere: BlobSink = { put: () => undefined, putPlates: () => undefined };
