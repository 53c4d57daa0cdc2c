import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { MemoryBroker } from '../../broker/memory-link.ts';
import { startMs, TestAuthority, testFolder } from '../../lists/list-world.fixture.ts';
import { type BuildReport, buildListFolder } from './build-list-folder.ts';
import { buildReportText } from './build-report.ts';
import { diffOfLists, type EntryChange, newestVersion, publishedVersion } from './diff-lists.ts';
import type { BlobSink } from './layer-writer.ts';
import { ListFolder } from './list-folder.ts';
import type { PlatesCipher } from './plates-cipher.ts';
import { revokeList } from './publish-list.ts';
import { rotateList } from './rotate-list.ts';

const header = 'plate,country,reference';
const before = ['12-ABC-3,NL,r1', '1-ABC-234,B,r2', '1-AB?-235,B,wild'];
const after = ['12-ABC-3,NL,r1', '1-ABC-234,B,r2 changed', '9-XYZ-99,B,new'];

async function build({ description, folder }: TestAuthority, rows: readonly string[], more = {}): Promise<BuildReport> {
  const csv = [`${[header, ...rows].join('\n')}\n`];
  const outcome = await buildListFolder({ description, csv, folder, nowMs: startMs, ...more });
  if ('errors' in outcome) throw new Error(JSON.stringify(outcome.errors));
  return outcome;
}

const keysIn = (folder: ListFolder): number =>
  readFileSync(join(folder.path, 'list.key'), 'utf8')
    .split('\n')
    .filter((line) => line !== '').length;

/** A list that is published, and then built anew under a new key. */
async function rotatedWhilePublished(): Promise<TestAuthority> {
  const authority = new TestAuthority();
  await build(authority, before);
  await authority.publish(new MemoryBroker().link(), []);
  await build(authority, after, { rotateKey: true });
  return authority;
}

it('counts what changed, by plate, when a build rotates the key, whether or not it is a dry run', async () => {
  const authority = new TestAuthority();
  expect((await build(authority, before)).changes).toBeNull();
  const changes = { added: 1, removed: 34, changed: 1, unchanged: 1 };
  expect(await build(authority, after, { rotateKey: true, dryRun: true })).toMatchObject({ form: 'snapshot', changes });
  expect(readdirSync(authority.folder.path)).not.toContain('building');
  expect(await build(authority, after, { rotateKey: true })).toMatchObject({ form: 'snapshot', changes });
  expect(existsSync(authority.folder.spillFolder)).toBe(false);
});

it('shows what publishing would change after the key was rotated, entry by entry', async () => {
  const { folder } = await rotatedWhilePublished();
  const [published, newest] = [publishedVersion(folder), newestVersion(folder)];
  expect(diffOfLists(published, newest)).toEqual({ added: 1, removed: 34, changed: 1, unchanged: 1 });
  const changes: EntryChange[] = [];
  diffOfLists(published, newest, { onChange: (change) => changes.push(change) });
  const said = changes.map((one) => [one.change, one.before[0]?.reference, one.after[0]?.reference].join(' '));
  expect([...new Set(said)].sort()).toEqual(['added  new', 'changed r2 r2 changed', 'removed wild ']);
});

it('keeps the key of the published version until that is published no more, and no other', async () => {
  const authority = await rotatedWhilePublished();
  const { folder } = authority;
  expect(keysIn(folder)).toBe(2);
  rotateList({ folder, nowMs: startMs });
  expect(keysIn(folder)).toBe(2);
  expect(diffOfLists(publishedVersion(folder), newestVersion(folder))).toMatchObject({ added: 1, changed: 1 });
  await authority.publish(new MemoryBroker().link(), []);
  expect(keysIn(folder)).toBe(1);
  expect(diffOfLists(publishedVersion(folder), newestVersion(folder))).toMatchObject({ added: 0, unchanged: 3 });
  revokeList(folder, 'ended', startMs);
  await authority.publish(new MemoryBroker().link(), []);
  expect(keysIn(folder)).toBe(0);
  await authority.build(before, { revive: true });
  expect(keysIn(folder)).toBe(1);
});

it('says what to do where the key of the published version was not kept', async () => {
  const { folder } = await rotatedWhilePublished();
  const file = join(folder.path, 'list.key');
  writeFileSync(file, readFileSync(file, 'utf8').split('\n')[0] ?? '');
  expect(() => diffOfLists(publishedVersion(folder), newestVersion(folder))).toThrow(
    expect.objectContaining({ code: 'list-folder/no-key', message: expect.stringContaining('publish the newest') }),
  );
  expect(newestVersion(folder).manifest.version).toBe(2);
});

it('rotates and compares lists with nothing on them, whose content is the same under any key', async () => {
  const authority = new TestAuthority();
  await build(authority, []);
  await authority.publish(new MemoryBroker().link(), []);
  const { folder } = authority;
  for (const generation of [2, 3])
    expect(rotateList({ folder, nowMs: startMs })).toMatchObject({ entries: 0, generation });
  expect(await build(authority, after)).toMatchObject({ changes: { added: 3 } });
  expect(diffOfLists(publishedVersion(folder), newestVersion(folder))).toMatchObject({ added: 3, removed: 0 });
});

it('compares no two lists', async () => {
  const stolen = new TestAuthority();
  const wanted = new TestAuthority({ ...stolen.description, list: 'wanted' });
  for (const one of [stolen, wanted]) await build(one, before);
  expect(() => diffOfLists(newestVersion(stolen.folder), newestVersion(wanted.folder))).toThrow(
    expect.objectContaining({
      code: 'list/not-comparable',
      message: 'NL/stolen and NL/wanted are two lists; name two folders of one list',
    }),
  );
});

it.each(['damaged', 'gone'])(
  'says to build anew where the key of the newest version is %s, which then works',
  async (how) => {
    const authority = new TestAuthority();
    const { folder } = authority;
    await build(authority, before);
    await authority.publish(new MemoryBroker().link(), []);
    writeFileSync(
      join(folder.path, 'list.key'),
      how === 'gone' ? '' : `${Buffer.alloc(32, 7).toString('base64url')}\n`,
    );
    const anew = expect.objectContaining({
      code: 'list-folder/damaged',
      message: expect.stringContaining('build the list anew with --rotate-key'),
    });
    expect(() => folder.listKey()).toThrow(anew);
    expect(() => rotateList({ folder, nowMs: startMs })).toThrow(anew);
    expect(() => diffOfLists(publishedVersion(folder), newestVersion(folder), { onChange: () => undefined })).toThrow(
      anew,
    );
    const report = await build(authority, after, { rotateKey: true });
    expect(report).toMatchObject({ changes: null, notCompared: 'it cannot be opened' });
    expect(buildReportText(report, false)).toContain('not compared with version 1: it cannot be opened');
    expect(rotateList({ folder, nowMs: startMs })).toMatchObject({ generation: 3 });
  },
);

/** Wildcards of 1,156 plates each with a long area: to sort that many takes the disk. */
async function publishedLongList(): Promise<TestAuthority> {
  const authority = new TestAuthority();
  const { description, folder } = authority;
  const area = Array.from({ length: 28 }, () => `node:${'n'.repeat(64)}`).join(' ');
  const wild = Array.from({ length: 7 }, (_, at) => `${10 + at}?B?77,r1,${area}\n`);
  await buildListFolder({ description, csv: ['plate,reference,area\n', ...wild], folder, nowMs: startMs });
  await authority.publish(new MemoryBroker().link(), []);
  return authority;
}

it('rotates the key also where there is no room on disk to compare, and says that it did not', async () => {
  const { description, folder } = await publishedLongList();
  async function* blocked() {
    yield 'plate,reference\n';
    mkdirSync(folder.spillFolder, { recursive: true });
    writeFileSync(join(folder.spillFolder, 'before'), 'a file where a folder is needed');
    yield '12-ABC-3,r1\n';
  }
  const report = await buildListFolder({ description, csv: blocked(), folder, nowMs: startMs, rotateKey: true });
  if ('errors' in report) throw new Error('not built');
  expect(report).toMatchObject({ changes: null, notCompared: expect.stringContaining('EEXIST') });
  expect(buildReportText(report, false)).toContain('not compared with version 1: what of it has no room in memory');
  expect(folder.manifest()).toMatchObject({ version: 2, generation: 2, entries: 1 });
  expect(existsSync(folder.spillFolder)).toBe(false);
});

it('frees what it compared with before it writes the version, which may need that room', async () => {
  const { description, folder } = await publishedLongList();
  const there: boolean[] = [];
  const look = () => there.push(existsSync(join(folder.spillFolder, 'before')));
  class WatchedFolder extends ListFolder {
    override sink(cipher: PlatesCipher): BlobSink {
      look();
      const { put, putPlates } = super.sink(cipher);
      const lookAndPut: BlobSink['put'] = (sha256, bytes) => {
        look();
        put(sha256, bytes);
      };
      return { put: lookAndPut, putPlates };
    }
  }
  const onProgress = (phase: string, part: number): void => {
    if (phase === 'sorted' && part === 1) look();
  };
  const csv = ['plate,reference\n12-ABC-3,r1\n'];
  const watched = new WatchedFolder(folder.path);
  await buildListFolder({ description, csv, folder: watched, nowMs: startMs, rotateKey: true, onProgress });
  expect(there).toEqual([false, true, ...there.slice(2).map(() => false)]);
  expect(there.length).toBeGreaterThan(3);
});

it('leaves nothing of a comparison behind when the newer version cannot be opened', async () => {
  const authority = await publishedLongList();
  const { folder } = authority;
  const { manifest } = await build(authority, after, { rotateKey: true });
  writeFileSync(join(folder.path, 'blobs', manifest.snapshot.index.sha256), 'damaged');
  const temporary = testFolder();
  vi.stubEnv('TMPDIR', temporary);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  expect(() => diffOfLists(publishedVersion(folder), newestVersion(folder))).toThrow(
    expect.objectContaining({ code: 'list-folder/damaged' }),
  );
  expect(readdirSync(temporary)).toEqual([]);
});
