import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { MemoryBroker } from '../../broker/memory-link.ts';
import type { ListEntry } from '../../lists/entry.ts';
import { listDescriptionSchema } from '../../lists/list-description.ts';
import { listWorld, startMs, stolen, TestAuthority, testFolder } from '../../lists/list-world.fixture.ts';
import type { ActiveManifest } from '../../lists/manifest.ts';
import { ListSeal } from '../../lists/sealing/seal.ts';
import { foldedFormsOf } from '../../lists/wildcards.ts';
import { type BuildReport, buildListFolder } from './build-list-folder.ts';
import { diffOfLists, type EntryChange, newestVersion, publishedVersion } from './diff-lists.ts';
import { ListContent } from './list-content.ts';
import { ListFolder } from './list-folder.ts';
import { rotateList } from './rotate-list.ts';

/** Enough for more than one chunk, so that a delta is worth it; long purposes get there with few rows. */
const count = 900;
const rows = Array.from({ length: count }, (_, at) => `${1 + (at % 9)}-ABC-${100 + Math.floor(at / 9)},B,r${at}`);
const purpose = 'p'.repeat(190);

async function build(authority: TestAuthority, lines: readonly string[], more: object = {}): Promise<BuildReport> {
  const csv = [`purpose,plate,country,reference\n${lines.map((line) => `${purpose},${line}\n`).join('')}`];
  const { description, folder } = authority;
  const outcome = await buildListFolder({ description, csv, folder, nowMs: startMs, ...more });
  if ('errors' in outcome) throw new Error(JSON.stringify(outcome.errors));
  return outcome;
}

/** All that a version lists, opened, as its owner wrote it. */
function entriesIn(folder: ListFolder, manifest: ActiveManifest): string[] {
  const seal = new ListSeal(folder.listKey(), manifest);
  const records = [...new ListContent(folder, manifest, { plates: true }).records()];
  const text = (entry: ListEntry | null): string => `${entry?.text},${entry?.country},${entry?.reference}`;
  return records.map(({ plate, sealed }) => text(seal.open(plate.toString('latin1'), sealed))).sort();
}

const asWritten = (lines: readonly string[]): string[] => lines.map((line) => line.replaceAll('-', '')).sort();

it('builds the same content from the same rows in any order, with the same row twice as once', async () => {
  const authority = new TestAuthority();
  const { manifest } = await build(authority, rows);
  const again = await build(authority, [...rows.toReversed(), ...rows.slice(0, 10)]);
  expect(again.manifest.snapshot).toEqual(manifest.snapshot);
  expect(again).toMatchObject({ form: 'as-before', bytesToFetch: 0, changes: { unchanged: count, added: 0 } });
  expect(again.manifest).toMatchObject({ version: 2, deltas: [], entries: count });
});

it('tells a few changes in a large list as a delta, which a node applies', async () => {
  const { authority, node, centre } = await listWorld();
  await build(authority, rows);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  const next = ['9-ZZZ-999,B,new', `${rows[1]}-changed`, ...rows.slice(2)];
  const report = await build(authority, next);
  expect(report).toMatchObject({ form: 'delta', changes: { added: 1, removed: 1, changed: 1, unchanged: count - 2 } });
  expect(report.manifest.entries).toBe(count);
  expect(report.bytesToFetch).toBeLessThan(report.manifest.snapshot.bytes / 50);
  expect(await authority.publish(centre, [node.key.publicKey])).toMatchObject({ blobsSent: 2, erased: 0 });
  await node.until(() => node.applied.length === 2);
  expect(node.matching('9ZZZ999', 'B')[0]?.entry.reference).toBe('new');
  expect(node.matching('2ABC100', 'B')[0]?.entry.reference).toBe('r1-changed');
  expect(node.matching('1ABC100', 'B')).toEqual([]);
  expect(node.matching('3ABC100', 'B')).toHaveLength(1);
});

it('lists what its rows say after any history of changes', async () => {
  const authority = new TestAuthority();
  let listed = rows;
  const forms: string[] = [(await build(authority, listed)).form];
  for (let version = 2; version <= 8; version += 1) {
    const gone = new Set([version * 7, version * 11]);
    listed = [`${version}-XYZ-77,B,v${version}`, ...listed.filter((_, at) => !gone.has(at))];
    if (version === 6) listed = [...rows.slice(0, 500).map((row) => `${row}x`), ...listed.slice(500)];
    const { manifest, form } = await build(authority, listed);
    forms.push(form);
    expect(manifest.entries).toBe(listed.length);
    expect(entriesIn(authority.folder, manifest)).toEqual(asWritten(listed));
  }
  expect(forms).toEqual(['snapshot', 'delta', 'delta', 'delta', 'delta', 'snapshot', 'delta', 'delta']);
});

it('joins many deltas into one that holds what became of them', async () => {
  const authority = new TestAuthority();
  await build(authority, rows);
  const counts: number[] = [];
  for (let version = 2; version <= 19; version += 1) {
    const { manifest } = await build(authority, [...rows, `${version}-XYZ-77,B,v`]);
    counts.push(manifest.deltas.length);
  }
  expect(Math.max(...counts)).toBe(16);
  expect(counts.slice(-3)).toEqual([16, 1, 2]);
  const manifest = authority.folder.builtManifest() as ActiveManifest;
  expect(entriesIn(authority.folder, manifest)).toEqual(asWritten([...rows, '19-XYZ-77,B,v']));
  expect(readdirSync(join(authority.folder.path, 'blobs')).sort()).toEqual(authority.folder.blobsOf(manifest).sort());
});

it('leaves nothing behind when a row is bad, a dry run, or content of a build that was cut off', async () => {
  const authority = new TestAuthority();
  const { path } = authority.folder;
  await build(authority, rows, { dryRun: true });
  expect(readdirSync(path)).toEqual([]);
  await build(authority, rows);
  const before = readdirSync(path, { recursive: true }).sort();
  await expect(build(authority, [...rows.slice(0, 100), '**,B,bad'])).rejects.toThrow('plate');
  expect(readdirSync(path, { recursive: true }).sort()).toEqual(before);
  writeFileSync(join(path, 'blobs', 'cut-off.new'), 'x');
  await build(authority, rows);
  expect(existsSync(join(path, 'blobs', 'cut-off.new'))).toBe(false);
});

/** The temporary folder while this test runs. */
function ownTemporaryFolder(): string {
  const folder = testFolder();
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return folder;
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name));

it('writes nothing at all in a dry run of what fits into memory', async () => {
  const authority = new TestAuthority();
  const temporary = ownTemporaryFolder();
  const seen: string[] = [];
  await build(authority, rows, { dryRun: true, onProgress: () => seen.push(...readdirSync(temporary)) });
  expect(seen).toEqual([]);
});

it('has no plate in clear on disk at any time, in a dry run or a build of more than fits into memory', async () => {
  // Wildcards list 1,156 plates each, all of them with a long area, so that few rows are more than 256 parts of 64 KiB.
  const wild = Array.from({ length: 14 }, (_, at) => `${10 + at}?B?77`);
  const area = Array.from({ length: 28 }, () => `node:${'n'.repeat(64)}`).join(' ');
  const csv = [`plate,reference,area\n${wild.map((text) => `${text},r1,${area}\n`).join('')}`];
  const plates = wild.flatMap((text) => foldedFormsOf(text).slice(-1));
  for (const dryRun of [true, false]) {
    const authority = new TestAuthority();
    const where = dryRun ? ownTemporaryFolder() : join(authority.folder.path, 'building');
    let files: string[] = [];
    const onProgress = (phase: string, part: number): void => {
      if (phase !== 'sorted' || part !== 1) return;
      files = filesIn(where);
      const spilled = Buffer.concat(files.map((file) => readFileSync(file)));
      for (const plate of plates) expect(spilled.includes(plate), plate).toBe(false);
    };
    const { description, folder } = authority;
    await buildListFolder({ description, csv, folder, nowMs: startMs, dryRun, onProgress });
    expect(files.length).toBeGreaterThan(200);
    expect(existsSync(where) ? readdirSync(where) : []).toEqual([]);
  }
});

it('removes what a killed build has spilled as soon as the next command holds the folder', async () => {
  const { folder } = new TestAuthority();
  mkdirSync(join(folder.path, 'building', 'records'), { recursive: true });
  writeFileSync(join(folder.path, 'building', 'records', 'part-0'), 'x');
  const letGo = folder.hold();
  expect(existsSync(join(folder.path, 'building'))).toBe(false);
  letGo();
});

it('names each row with more details than an entry may have, before and after another bad row', async () => {
  const { description, folder } = new TestAuthority();
  const tooLarge = Array.from({ length: 28 }, () => `node:${'€'.repeat(64)}`).join(' ');
  const lines = [
    `1-ABC-234,r1,${tooLarge}`,
    '1-ABC-235,r2',
    '**,r3',
    '1-ABC-236,r4',
    `1-AB?-237,r5,${tooLarge}`,
    ',r6',
  ];
  const csv = [`plate,reference,area\n${lines.join('\n')}\n`];
  const outcome = await buildListFolder({ description, csv, folder, nowMs: startMs });
  if (!('errors' in outcome)) throw new Error('built');
  expect(outcome.errors.map(({ line, column, message }) => `${line}:${column} ${message.split(' ')[0]}`)).toEqual([
    '2:1 more',
    '4:1 plate:',
    '6:1 more',
    '7:1 plate:',
  ]);
  expect(outcome).toMatchObject({ errorCount: 4, rows: 2 });
});

describe('a list that was never built', () => {
  const bad = ['1-ABC-234,B,r1', '**,B,bad'];

  it('leaves no folder when a row is bad, nor those made for it, but what was there before', async () => {
    const above = testFolder();
    mkdirSync(join(above, 'mine', 'blobs'), { recursive: true });
    for (const where of ['lists/police/stolen', 'mine']) {
      const folder = new ListFolder(join(above, where));
      await expect(build(new TestAuthority(), bad, { folder })).rejects.toThrow('plate');
    }
    expect(readdirSync(above, { recursive: true }).sort()).toEqual(['mine', 'mine/blobs']);
  });

  it('leaves nothing when its validity has ended, and none of its plates', async () => {
    const folder = new ListFolder(join(testFolder(), 'stolen'));
    const authority = new TestAuthority(
      listDescriptionSchema.parse({ ...stolen, validity: { until: '2027-01-01T00:00:00.000Z' } }),
    );
    const ended = { folder, nowMs: startMs + 10 * 365 * 86_400_000 };
    await expect(build(authority, ['1-ABC-234,B,r1'], ended)).rejects.toMatchObject({ code: 'list/expired' });
    expect(existsSync(folder.path)).toBe(false);
  });

  it('leaves no folder to who mistypes its name', async () => {
    const folder = new ListFolder(join(testFolder(), 'stoln'));
    const letGo = folder.hold();
    expect(() => folder.builtManifest()).toThrow(expect.objectContaining({ code: 'list-folder/empty' }));
    letGo();
    expect(existsSync(folder.path)).toBe(false);
  });
});

it('names what differs between the newest version and the published one, entry by entry, to the owner of the list', async () => {
  const authority = new TestAuthority();
  await build(authority, rows);
  expect(() => publishedVersion(authority.folder)).toThrow(expect.objectContaining({ code: 'list/not-comparable' }));
  await authority.publish(new MemoryBroker().link(), []);
  await build(authority, ['9-ZZZ-999,B,new', ...rows.slice(1, count - 1), `${rows[count - 1]}-changed`]);
  await build(authority, [
    '9-ZZZ-999,B,new',
    '8-ZZZ-999,B,new too',
    ...rows.slice(1, count - 1),
    `${rows[count - 1]}-changed`,
  ]);
  const changes: EntryChange[] = [];
  const { folder } = authority;
  const counts = diffOfLists(publishedVersion(folder), newestVersion(folder), {
    onChange: (change) => changes.push(change),
  });
  expect(counts).toEqual({ added: 2, removed: 1, changed: 1, unchanged: count - 2 });
  const said = changes.map(({ change, before, after }) => [change, before[0]?.reference, after[0]?.reference]);
  expect(said.sort()).toEqual([
    ['added', undefined, 'new'],
    ['added', undefined, 'new too'],
    ['changed', 'r899', 'r899-changed'],
    ['removed', 'r0', undefined],
  ]);
  const onDisk = readdirSync(folder.path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder.path, name))
    .filter((name) => !name.endsWith('blobs') && !name.endsWith('plates'));
  for (const file of onDisk) expect(readFileSync(file).includes('9ZZZ999'), file).toBe(false);
});

it('says what safety costs', async () => {
  const { safety, manifest } = await build(new TestAuthority(), rows);
  // A look-up key has 16 bytes, where a plate of these has seven.
  expect(safety.sealing.bytes).toBe(count * 9);
  expect(safety.filter.bytes / manifest.entries).toBeCloseTo(3, 1);
  expect(safety.signature.bytes).toBe(86);
  expect(safety.encryption.bytes).toBeGreaterThan(count * 28);
  for (const { ms } of Object.values(safety)) expect(ms).toBeGreaterThan(0);
});

it('rotates the key of a list from its folder alone, and a node matches without a gap', async () => {
  const { authority, node, centre, broker } = await listWorld();
  await build(authority, ['1-AB?-234,B,wild', '12-ABC-3,NL,r1']);
  await authority.publish(centre, [node.key.publicKey]);
  await node.until(() => node.applied.length === 1);
  const oldKey = authority.folder.listKey();
  const manifest = rotateList({ folder: authority.folder, nowMs: startMs + 1 });
  expect(manifest).toMatchObject({ generation: 2, version: 2, entries: 35, deltas: [] });
  expect(authority.folder.listKey().equals(oldKey)).toBe(false);
  expect(node.matching('12ABC3')[0]?.list.generation).toBe(1);
  const from = broker.published.length;
  await authority.publish(centre, [node.key.publicKey], startMs + 1);
  const sent = broker.published.slice(from).map(({ topic }) => topic.split('/').at(-1));
  expect(sent.indexOf('2')).toBeLessThan(sent.indexOf('manifest'));
  expect(sent.indexOf('2')).toBeGreaterThanOrEqual(0);
  let gaps = 0;
  while (node.applied.length === 1) {
    if (node.matching('12ABC3').length === 0) gaps += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(gaps).toBe(0);
  expect(node.matching('12ABC3')[0]).toMatchObject({ list: { generation: 2 }, entry: { reference: 'r1' } });
  expect(node.matching('1ABX234', 'B')[0]?.listed.text).toBe('1AB?234');
  expect([...broker.retained.keys()].filter((topic) => topic.endsWith('/1'))).toEqual([]);
});

it('neither builds on nor publishes content that was altered on disk, and says how to begin anew', async () => {
  const authority = new TestAuthority();
  const { manifest } = await build(authority, rows.slice(0, 5));
  const [, chunk = ''] = authority.folder.blobsOf(manifest);
  const file = join(authority.folder.path, 'blobs', chunk);
  const bytes = readFileSync(file);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const damaged = { code: 'list-folder/damaged', message: expect.stringContaining('--rotate-key') };
  await expect(build(authority, rows.slice(0, 6))).rejects.toMatchObject(damaged);
  await expect(authority.publish(new MemoryBroker().link(), [])).rejects.toMatchObject(damaged);
  const anew = await build(authority, rows.slice(0, 6), { rotateKey: true });
  await authority.publish(new MemoryBroker().link(), []);
  expect(entriesIn(authority.folder, anew.manifest)).toEqual(asWritten(rows.slice(0, 6)));
});

it('lets one command alone work on a list', async () => {
  const authority = new TestAuthority();
  const first = build(authority, rows);
  await expect(build(authority, rows)).rejects.toMatchObject({ code: 'database/held' });
  await expect(authority.publish(new MemoryBroker().link(), [])).rejects.toMatchObject({ code: 'database/held' });
  await first;
  await authority.publish(new MemoryBroker().link(), []);
});

it('names the mirrors of its description, before and after a rotation', async () => {
  const mirrors = ['https://lists.example.org/stolen'];
  const authority = new TestAuthority({ ...stolen, mirrors });
  expect((await build(authority, rows.slice(0, 5))).manifest.mirrors).toEqual(mirrors);
  expect(rotateList({ folder: authority.folder, nowMs: startMs }).mirrors).toEqual(mirrors);
});

it('finds the key of its version when it was cut off between writing the key and the version', async () => {
  const authority = new TestAuthority();
  const { manifest } = await build(authority, rows.slice(0, 5));
  const file = join(authority.folder.path, 'list.key');
  const key = readFileSync(file, 'utf8');
  writeFileSync(file, `${Buffer.alloc(32, 7).toString('base64url')}\n${key}`);
  expect(new ListSeal(authority.folder.listKey(), manifest).keyCheck).toBe(manifest.keyCheck);
  writeFileSync(file, `${Buffer.alloc(32, 7).toString('base64url')}\n`);
  expect(() => authority.folder.listKey()).toThrow(expect.objectContaining({ code: 'list-folder/damaged' }));
});

it('says that it cannot rotate or name entries where the plates of a list are gone', async () => {
  const authority = new TestAuthority();
  await build(authority, rows.slice(0, 5));
  rmSync(join(authority.folder.path, 'plates'), { recursive: true });
  expect(() => rotateList({ folder: authority.folder, nowMs: startMs })).toThrow(
    expect.objectContaining({ code: 'list-folder/no-plates' }),
  );
});
