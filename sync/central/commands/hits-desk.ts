import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { Fault } from '../../../config/foundation/fault.ts';
import { pause } from '../../../config/foundation/pause.ts';
import { actions } from '../../lists/matching/match.ts';
import { type VerdictWord, verdictWords } from '../../uplink/verdict.ts';
import { colourDepth, halfBlocks } from '../half-block.ts';
import { hitCard } from '../hit-card.ts';
import type { DecodePicture } from '../hit-printer.ts';
import { hitLine, stateLines } from '../hit-table.ts';
import { type FollowUp, type HitFilter, hitStates, type StoredHit } from '../store/hit-desk.ts';
import { openFilledHitStore } from '../store/open-hit-store.ts';
import type { SqlHitStore } from '../store/sql-hit-store.ts';
import { TerminalDesk } from '../terminal-desk.ts';
import { type Answers, answerHit } from './answer-hit.ts';
import { auditOption, openCentreAudit } from './centre-audit.ts';

/** The name and meaning of `--store`, the same for every command. */
export const storeOption = ['--store <store>', 'SQLite file, or postgres://USER@HOST/DATABASE', 'hits.sqlite'] as const;

interface StoreOption {
  readonly store: string;
}
interface AuditedOptions extends StoreOption {
  readonly audit: string;
}
interface FollowUpOptions extends AuditedOptions {
  readonly by: string;
  readonly note: string;
  readonly json?: true;
}
type ListOptions = StoreOption &
  Omit<HitFilter, 'states' | 'fromMs' | 'toMs'> & {
    readonly state?: HitFilter['states'];
    readonly from?: number;
    readonly to?: number;
    readonly limit: number;
    readonly after?: string;
    readonly json?: true;
  };

/** `anpr-central hits list | show | seen | dispatch | verdict | desk`: what officers do with hits at a terminal. */
export function addDeskCommands(hits: Command, means: { readonly decodePicture: DecodePicture }): void {
  addList(hits);
  hits
    .command('show <id>')
    .description('show a hit and what became of it')
    .option(...storeOption)
    .option('--json', 'as one JSON object')
    .action((id: string, { store, json }: StoreOption & { json?: true }) =>
      withStore(store, async (desk) => {
        const stored = (await desk.hit(id)) ?? unknownHit(id);
        const history = await desk.history(id);
        if (json) return print(JSON.stringify({ ...stored, history }));
        print([...hitCard(stored.hit, { colours: colours() }), ...stateLines(stored)].join('\n'));
      }),
    );
  addFollowUp(hits.command('seen <id...>').description('note that an officer has looked at a hit'), { step: 'seen' });
  addFollowUp(hits.command('dispatch <id...>').description('note that somebody was sent'), { step: 'dispatched' });
  addVerdict(hits);
  addDesk(hits, means);
}

function addList(hits: Command): void {
  hits
    .command('list')
    .description('list hits, the latest first')
    .option(...storeOption)
    .addOption(new Option('--state <state...>', 'only in these states').choices(hitStates))
    .option('--node <id>', 'only from this node')
    .option('--camera <name>', 'only from this camera')
    .option('--authority <name>', "only on this authority's lists")
    .option('--list <id>', 'only on this list')
    .option('--country <code>', 'only plates of this country')
    .option('--plate <text>', 'only this plate, as listed or as read')
    .addOption(new Option('--action <action>', 'only where this is asked').choices(actions))
    .addOption(new Option('--verdict <verdict>', 'only with this verdict').choices(verdictWords))
    .option('--from <date>', 'only arrived on this day or later (YYYY-MM-DD, UTC)', readDay)
    .option('--to <date>', 'only arrived before this day', readDay)
    .option('--limit <n>', 'at most so many', readLimit, 50)
    .option('--after <place>', 'go on where another list ended')
    .option('--json', 'one JSON object a line')
    .action(({ store, json, state, from, to, ...filter }: ListOptions) =>
      withStore(store, async (desk) => {
        const page = await desk.hits({ ...filter, states: state, fromMs: from, toMs: to });
        for (const stored of page.hits)
          print(json ? JSON.stringify(stored) : hitLine(stored, { colours: colours(), withId: true }));
        if (page.next !== null) complain(`more: --after ${page.next}`);
        if (page.hits.length === 0) complain('no such hits');
      }),
    );
}

function addVerdict(hits: Command): void {
  const words = verdictWords.join(', ');
  const command = hits
    .command('verdict <id> <verdict>')
    .description(`judge a hit: ${words}; a verdict can be corrected by another`)
    .option('--note <text>', 'why, in a few words', readNote, '');
  followUpOptions(command).action(async (id: string, word: string, options: FollowUpOptions) => {
    const verdict = verdictWords.find((one) => one === word);
    if (verdict === undefined) throw new Fault('hits/bad-verdict', `${word} is no verdict; give one of: ${words}`);
    await record([id], { step: 'verdict', verdict: verdict satisfies VerdictWord, note: options.note }, options);
  });
}

function addFollowUp(command: Command, what: FollowUp): void {
  followUpOptions(command).action((ids: readonly string[], options: FollowUpOptions) => record(ids, what, options));
}

function followUpOptions(command: Command): Command {
  return command
    .option(...storeOption)
    .option(...auditOption)
    .option('--by <name>', 'who did it', readNote, userInfo().username)
    .option('--json', 'one JSON object a line');
}

function record(ids: readonly string[], what: FollowUp, options: FollowUpOptions): Promise<void> {
  const { store, by, json } = options;
  return withStore(store, async (desk) => {
    const answers = { desk, by, audit: openCentreAudit(options.audit) };
    for (const id of ids) {
      const outcome = await answerHit(answers, id, what);
      if (json) print(JSON.stringify({ hit: id, ...what, outcome }));
      if (outcome === 'unknown-hit') unknownHit(id);
      if (!json)
        print(
          `${id} ${outcome === 'already' ? 'was marked before' : what.step === 'verdict' ? what.verdict : what.step}`,
        );
    }
  });
}

function addDesk(hits: Command, { decodePicture }: { readonly decodePicture: DecodePicture }): void {
  hits
    .command('desk')
    .description('work with hits on this terminal: live list, pictures, short keys')
    .option(...storeOption)
    .option(...auditOption)
    .option('--by <name>', 'who works here', readNote, userInfo().username)
    .action(({ store, by, audit }: FollowUpOptions) => {
      if (!process.stdin.isTTY || !process.stdout.isTTY)
        throw new Fault(
          'hits/no-terminal',
          'the desk needs a terminal; for scripts there is anpr-central hits list --json',
        );
      return withStore(store, (desk) => work({ desk, by, audit: openCentreAudit(audit) }, decodePicture));
    });
}

async function work(answers: Answers & { readonly desk: SqlHitStore }, decodePicture: DecodePicture): Promise<void> {
  const store = answers.desk;
  const desk = new TerminalDesk();
  const stop = new AbortController();
  let wake = new AbortController();
  const pressed: { readonly key: string; readonly before: StoredHit | null }[] = [];
  const onKey = (data: Buffer): void => {
    pressed.push({ key: data.toString('utf8'), before: desk.drawn });
    wake.abort();
  };
  process.stdin.setRawMode(true).on('data', onKey).resume();
  // Its own screen, without cursor; what is too long for the terminal is cut by it and not wrapped into the next line.
  process.stdout.write('\u001b[?1049h\u001b[?25l\u001b[?7l');
  try {
    let cursor = await store.cursor();
    desk.take((await store.hits({ limit: 200 })).hits);
    let stale = true;
    while (!stop.signal.aborted) {
      for (const { key, before } of pressed.splice(0)) {
        const wish = desk.key(key, before);
        stale = true;
        if (wish?.wish === 'quit') stop.abort();
        if (wish?.wish === 'follow-up') await answerHit(answers, wish.hitId, wish.what);
      }
      const changes = await store.changesSince(cursor, 200);
      cursor = changes.cursor;
      desk.take(changes.hits);
      if (stale || changes.hits.length > 0) process.stdout.write(await screenText(desk, store, decodePicture));
      stale = false;
      wake = new AbortController();
      if (pressed.length === 0) await pause(500, AbortSignal.any([stop.signal, wake.signal]));
    }
  } finally {
    process.stdout.write('\u001b[?7h\u001b[?25h\u001b[?1049l');
    process.stdin.setRawMode(false).off('data', onKey).pause();
  }
}

async function screenText(desk: TerminalDesk, store: SqlHitStore, decode: DecodePicture): Promise<string> {
  const depth = colourDepth({ isTTY: true, environment: process.env });
  const screen = { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24, colours: depth !== null };
  const { chosen } = desk;
  const jpeg = chosen?.pictures.includes('plate') ? await store.picture(chosen.hit.id, 'plate') : null;
  let picture: readonly string[] = [];
  if (jpeg !== null && depth !== null) {
    // The node's hash vouches for the bytes, not for their being a picture.
    const decoded = await decode(jpeg).catch(() => null);
    picture =
      decoded === null
        ? ['(this picture cannot be decoded)']
        : halfBlocks(decoded, { columns: 40, rows: 8, colours: depth });
  }
  const lines = desk.lines(screen, picture).map((line) => `${line}\u001b[K`);
  return `\u001b[H${lines.join('\r\n')}\u001b[J`;
}

/** Opens a store that was filled before, and closes it whatever happens. */
export async function withStore(name: string, use: (store: SqlHitStore) => Promise<void>): Promise<void> {
  const store = await openFilledHitStore(name);
  try {
    await use(store);
  } finally {
    await store.close();
  }
}

function unknownHit(id: string): never {
  throw new Fault('hits/unknown', `there is no hit ${id} in this store; anpr-central hits list shows what there is`);
}

/** A day as the milliseconds of its beginning, UTC. */
export function readDay(text: string): number {
  // Date.parse alone takes 31 February for 3 March.
  if (!z.iso.date().safeParse(text).success) throw new InvalidArgumentError('It is a day such as 2026-05-01.');
  return Date.parse(`${text}T00:00:00Z`);
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 500)
    throw new InvalidArgumentError('It is a whole number from 1 to 500.');
  return limit;
}

function readNote(text: string): string {
  if (text.length > 200 || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text))
    throw new InvalidArgumentError('It has at most 200 characters and none that move the cursor.');
  return text;
}

function colours(): boolean {
  return colourDepth({ isTTY: process.stdout.isTTY, environment: process.env }) !== null;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
