import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type AuditRecord, chainStart } from '../../audit/audit-chain.ts';
import { verifyAuditFolder } from '../../audit/audit-files.ts';
import { openDatabase } from '../../database/database.ts';
import { encodeMessage } from '../../uplink/cloud-event.ts';
import type { Hit } from '../../uplink/hit.ts';
import { sampleHit } from '../../uplink/sample-hit.test-data.ts';
import { SqliteHitStore } from '../sqlite-hit-store.ts';
import { addHitsCommand } from './hits.ts';

let folder: string;
let file: string;
let hits: readonly Hit[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-desk-'));
  file = join(folder, 'hits.sqlite');
  hits = [sampleHit(), sampleHit({ node: 'gantry-8' })];
  const store = SqliteHitStore.open(file);
  for (const [index, hit] of hits.entries())
    await store.addHits([{ hit, body: encodeMessage(hit) }], Date.UTC(2026, 4, 1 + index));
  await store.close();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a word of `hits` that is written down. */
const answer = (...words: readonly string[]) => run(...words, '--audit', join(folder, 'audit'));

/** Runs `hits ...` as the program does and returns what it printed. */
async function run(...words: readonly string[]): Promise<string> {
  const program = new Command().exitOverride();
  const quiet = { writeErr: () => undefined };
  addHitsCommand(program, {
    decodePicture: async () => ({ widthPx: 1, heightPx: 1, channels: 1, data: Buffer.of(0) }),
  });
  for (const command of program.commands.flatMap((one) => [one, ...one.commands]))
    command.exitOverride().configureOutput(quiet);
  const { write } = process.stdout;
  let text = '';
  process.stdout.write = ((more: string) => {
    text += more;
    return true;
  }) as typeof write;
  onTestFinished(() => {
    process.stdout.write = write;
  });
  try {
    await program.parseAsync(['hits', ...words], { from: 'user' });
  } finally {
    process.stdout.write = write;
  }
  return text;
}

describe("the officers' commands", () => {
  const [first, second] = [() => hits[0]?.id ?? '', () => hits[1]?.id ?? ''];

  it('list hits, the latest first, by what is asked for', async () => {
    const all = (await run('list', '--store', file)).trim().split('\n');
    expect(all.map((line) => line.slice(0, 36))).toEqual([second(), first()]);
    expect(all[0]).toMatch(/1ABC234 +B +stop +new +be-fedpol\/stolen +gantry-8 north-1$/);
    const some = await run('list', '--store', file, '--json', '--to', '2026-05-02', '--country', 'B', '--state', 'new');
    expect(JSON.parse(some)).toMatchObject({ hit: { id: first() }, state: 'new' });
    expect(await run('list', '--store', file, '--plate', 'NOTHERE')).toBe('');
  });

  it('record who saw, dispatched and judged, and show it', async () => {
    expect(await answer('seen', first(), second(), '--store', file, '--by', 'Jansen')).toContain(`${second()} seen`);
    expect(await answer('seen', first(), '--store', file, '--by', 'Peeters')).toContain('was marked before');
    await answer('dispatch', first(), '--store', file, '--by', 'Peeters');
    const judge = ['verdict', first(), 'misread', '--note', 'B, not 8', '--by', 'Peeters', '--store', file, '--json'];
    expect(JSON.parse(await answer(...judge))).toMatchObject({ hit: first(), verdict: 'misread', outcome: 'done' });
    const shown = await run('show', first(), '--store', file);
    for (const part of ['1ABC234', 'Jansen', 'Peeters', 'misread: B, not 8']) expect(shown).toContain(part);
    const { history } = JSON.parse(await run('show', first(), '--store', file, '--json'));
    expect(history.map(({ step }: { step: string }) => step)).toEqual(['seen', 'dispatched', 'verdict']);
  });

  it('erase old hits on demand', async () => {
    expect(await answer('erase', '--before', '2026-05-02', '--store', file)).toBe('1 hits erased\n');
    expect((await run('list', '--store', file)).trim().split('\n')).toHaveLength(1);
  });

  it('erase the pictures that were saved with old hits, and tell a mistyped folder from an empty one', async () => {
    const evidence = join(folder, 'evidence');
    mkdirSync(evidence);
    for (const [index, id] of [first(), second()].entries()) {
      const file = join(evidence, `${id}-plate.jpg`);
      writeFileSync(file, 'picture');
      utimesSync(file, new Date(), new Date(Date.UTC(2026, 4, 1 + index)));
    }
    const words = ['erase', '--before', '2026-05-02', '--store', file];
    await expect(answer(...words, '--evidence', join(folder, 'evidnece'))).rejects.toMatchObject({
      code: 'centre/no-evidence',
    });
    expect(await answer(...words, '--evidence', evidence)).toBe('1 hits erased\n1 saved pictures erased\n');
    expect(readdirSync(evidence)).toEqual([`${second()}-plate.jpg`]);
    const audit = readFileSync(join(folder, 'audit', 'audit-000001.jsonl'), 'utf8');
    expect(audit).toContain('"centre/pictures-erased"');
  });

  it('write down how many were erased when erasing fails at a later one', async () => {
    const store = SqliteHitStore.open(file);
    const more = Array.from({ length: 499 }, () => sampleHit());
    await store.addHits(
      more.map((hit) => ({ hit, body: encodeMessage(hit) })),
      Date.UTC(2026, 4, 1),
    );
    await store.close();
    const database = openDatabase(file);
    database.exec(
      `CREATE TRIGGER stays BEFORE DELETE ON hits WHEN OLD.id = '${second()}' BEGIN SELECT RAISE(ABORT, 'stays'); END`,
    );
    database.close();
    const erasing = answer('erase', '--before', '2026-06-01', '--store', file);
    await expect(erasing).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_TRIGGER' });
    expect((await run('list', '--store', file)).trim().split('\n')).toHaveLength(1);
    const [record] = readFileSync(join(folder, 'audit', 'audit-000001.jsonl'), 'utf8').split('\n');
    expect(JSON.parse(record ?? '')).toMatchObject({ event: 'centre/hits-erased', facts: { hits: 500 } });
  });

  it('leave a hit that its node made later, until the arrival alone is to count', async () => {
    const ahead = sampleHit({ timeMs: Date.UTC(2031, 0, 1) });
    const store = SqliteHitStore.open(file);
    await store.addHits([{ hit: ahead, body: encodeMessage(ahead) }], Date.UTC(2026, 4, 1));
    await store.close();
    const words = ['erase', '--before', '2026-05-02', '--store', file];
    expect(await answer(...words)).toBe('1 hits erased\n');
    expect(await answer(...words)).toBe('0 hits erased\n');
    expect(await answer(...words, '--by-arrival')).toBe('1 hits erased\n');
  });

  it('write down each answer and what was erased, and nothing that could tell a plate or what a discreet hit was', async () => {
    const discreet = sampleHit({ action: 'discreet-check' });
    const store = SqliteHitStore.open(file);
    await store.addHits([{ hit: discreet, body: encodeMessage(discreet) }], Date.UTC(2026, 4, 3));
    await store.close();
    await answer('seen', first(), '--store', file, '--by', 'Jansen');
    for (const id of [first(), discreet.id])
      await answer('verdict', id, 'misread', '--note', '1ABC234 is a trailer', '--by', 'Peeters', '--store', file);
    await answer('seen', first(), '--store', file, '--by', 'Peeters');
    await answer('erase', '--before', '2026-05-02', '--store', file);
    const audit = join(folder, 'audit');
    const text = readFileSync(join(audit, 'audit-000001.jsonl'), 'utf8');
    const records = text
      .trimEnd()
      .split('\n')
      .map((line): AuditRecord => JSON.parse(line));
    const account = userInfo().username;
    expect(records.map(({ event, facts }) => [event, facts])).toEqual([
      ['hits/followed-up', { by: 'Jansen', account, hit: first(), step: 'seen', outcome: 'done' }],
      [
        'hits/followed-up',
        { by: 'Peeters', account, hit: first(), step: 'verdict', verdict: 'misread', outcome: 'done' },
      ],
      ['hits/followed-up', { by: 'Peeters', account, hit: discreet.id, step: 'verdict', outcome: 'done' }],
      ['hits/followed-up', { by: 'Peeters', account, hit: first(), step: 'seen', outcome: 'already' }],
      ['centre/hits-erased', { hits: 1, before: '2026-05-02T00:00:00.000Z', account }],
    ]);
    expect(verifyAuditFolder(audit, chainStart('centre')).broken).toBeNull();
    expect(text).not.toMatch(/ABC234|BE-2026/);
  });

  it('do nothing that they could not write down', async () => {
    writeFileSync(join(folder, 'audit'), 'a file, no folder');
    for (const words of [
      ['seen', first()],
      ['erase', '--before', '2026-06-01'],
    ])
      await expect(answer(...words, '--store', file)).rejects.toMatchObject({ code: 'audit/unwritable' });
    expect((await run('list', '--store', file, '--state', 'new')).trim().split('\n')).toHaveLength(2);
  });

  it('does not take a mistyped store for one without hits, and makes none by it', async () => {
    const mistyped = join(folder, 'hist.sqlite');
    for (const words of [['list'], ['show', first()], ['seen', first()], ['erase', '--before', '2026-05-02']])
      await expect(run(...words, '--store', mistyped)).rejects.toMatchObject({ code: 'centre/no-store' });
    expect(existsSync(mistyped)).toBe(false);
  });

  it.each([
    [['verdict', sampleHit().id, 'guilty'], { code: 'hits/bad-verdict' }],
    [['show', sampleHit().id], { code: 'hits/unknown' }],
    [['seen', "'; DROP TABLE hits; --"], { code: 'hits/unknown' }],
    [['seen', sampleHit().id, '--by', '\u001b[2J'], { code: 'commander.invalidArgument' }],
    [['list', '--from', '2026-5-1'], { code: 'commander.invalidArgument' }],
    [['list', '--to', '2027-02-29'], { code: 'commander.invalidArgument' }],
    [['erase', '--before', '2026-02-31'], { code: 'commander.invalidArgument' }],
    [['list', '--limit', '1e9'], { code: 'commander.invalidArgument' }],
    [['list', '--state', 'lost'], { code: 'commander.invalidArgument' }],
    [['desk'], { code: 'hits/no-terminal' }],
  ])('%j is refused with a clear word', async (words, fault) => {
    const named = words[0] === 'list' || words[0] === 'show' ? run : answer;
    await expect(named(...words, '--store', file)).rejects.toMatchObject(fault);
  });
});
