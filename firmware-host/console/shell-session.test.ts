import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { silentLog } from '../../config/foundation/log.ts';
import type { VerdictCount } from '../../sync/uplink/verdict-counts.ts';
import { healthyCamera, healthyFacts, healthyLink } from '../health/healthy-facts.ts';
import type { NodeFacts } from '../health/node-facts.ts';
import type { ConsoleCommand } from './console-command.ts';
import { consoleCommands } from './console-commands.ts';
import { ConsoleDoor } from './console-door.ts';
import type { Controls } from './controls.ts';
import type { Diagnostics } from './diagnostics.ts';
import { shellOptions } from './shell-options.fixture.ts';
import { ShellSession } from './shell-session.ts';

function session(facts: NodeFacts = healthyFacts(), commands: readonly ConsoleCommand[] = consoleCommands) {
  const options = shellOptions({ node: { facts: () => facts }, commands });
  const shell = new ShellSession(options, { technician: null, line: 'socket' });
  shell.greeting();
  return {
    shell,
    type: (keys: string) => [...shell.feed(Buffer.from(keys, 'latin1'))].join(''),
    /** The lines a command answered, without its echo and the next prompt. */
    ask: (line: string) => [...shell.feed(Buffer.from(`${line}\r`))].join('').split('\r\n').slice(1, -1),
  };
}

const sick = healthyFacts({
  cameras: ['left', 'right'].map((name) => healthyCamera({ name, state: 'no-signal', lastFrameAgeMs: 12_000 })),
  reader: { state: 'failed', failureCode: 'models/hash-mismatch' },
  lists: [],
  refusedLists: [{ authority: 'be-police', id: 'fines', reason: 'purpose not allowed in NL: traffic-offence' }],
  link: healthyLink({ connected: false, failureCode: 'broker/unreachable', waiting: 12, oldestWaitingMs: 4e6 }),
  clock: 'not-synchronised',
  disk: { freeBytes: 5e7, totalBytes: 60e9 },
});

describe('console', () => {
  test('status of a healthy node says so in its first line', () => {
    expect(session().ask('status')[0]).toBe('This node is healthy.');
  });

  test('status names what is to blame and what to do, on one screen of 80 by 24', () => {
    const screen = session(sick).ask('status');
    expect(screen[0]).toBe('FAIL: cameras, reader, lists, link, disk');
    expect(screen.join('\n')).toMatch(/cameras +FAIL +left: no signal for 12 s; and 1 more.*\n +-> check its power/);
    expect(screen.length).toBeLessThanOrEqual(23);
    for (const line of screen) expect(line.length).toBeLessThan(80);
  });

  test.each([
    'status',
    'cameras',
    'cameras left',
    'lists',
    'outcomes',
    'link',
    'help',
    'version',
    'help link',
    'cameras nobody',
    'nonsense',
    'restart camera left',
    'reload',
  ])('%s answers in lines that fit the screen, on a healthy, a sick and a closed node', (line) => {
    for (const facts of [healthyFacts(), sick, healthyFacts({ inhibited: 'inhibited: no legal basis', cameras: [] })]) {
      const answer = session(facts).ask(line);
      expect(answer.length).toBeGreaterThan(0);
      for (const text of answer) expect(text.length).toBeLessThan(80);
    }
  });

  test('a node in Luxembourg tells that it may not read', () => {
    const facts = healthyFacts({ inhibited: 'inhibited: no legal basis', cameras: [] });
    expect(session(facts).ask('status').join('\n')).toContain('inhibited: no legal basis');
    expect(session(facts).ask('cameras')).toEqual(['No camera is open: inhibited: no legal basis.']);
  });

  test('lists tells versions and refusals, a list in flight included', () => {
    const [list] = healthyFacts().lists;
    const answer = session({ ...sick, lists: [{ ...list!, acceptedVersion: 13 }] })
      .ask('lists')
      .join('\n');
    expect(answer).toMatch(/nl-police\/stolen +valid +1\.12 +fetching 13 +1234 +60 s/);
    expect(answer).toContain('refused be-police/fines: purpose not allowed in NL: traffic-offence');
  });

  test('outcomes tells which camera misreads, and not a word of any one hit', () => {
    const count = (camera: string, word: VerdictCount['word'], of: number): VerdictCount => ({
      authority: 'nl-police',
      list: 'stolen',
      camera,
      word,
      count: of,
    });
    const verdicts = [
      count('left', 'seen', 20),
      count('left', 'confirmed', 18),
      count('left', 'misread', 1),
      count('right', 'misread', 4),
    ];
    const answer = session(healthyFacts({ verdicts })).ask('outcomes');
    expect(answer[0]).toMatch(/^LIST +CAMERA +SEEN +SENT OUT +CONFIRMED +MISREAD +STALE +OTHER$/);
    expect(answer[1]).toMatch(/^nl-police\/stolen +left +20 +0 +18 +1 +0 +0$/);
    expect(answer[2]).toMatch(/^nl-police\/stolen +right +0 +0 +0 +4 +0 +0$/);
    expect(answer.slice(3).join(' ')).toContain('-> right misreads: 4 of 4 verdicts; see its aim and sharpness');
    expect(session().ask('outcomes')).toEqual(['The centre has said nothing of this node’s hits yet.']);
  });

  test('tab completes commands and names of cameras, and shows the choice where there is one', () => {
    expect(session().type('ver\t\r')).toContain('Hazeldonk 0.1.0');
    expect(session().type('cam\tri\t\r')).toContain('right: 25 frames/s');
    expect(session().type('li\t')).toContain('link  lists');
    expect(session().type('zzz\t')).not.toContain('\n');
  });

  const long: ConsoleCommand = {
    name: 'long',
    summary: 'a long answer',
    run: () => Array.from({ length: 60 }, (_, index) => `line ${index}.`),
  };

  test('a long answer comes a page at a time', () => {
    const { type } = session(healthyFacts(), [long]);
    const first = type('long\r');
    expect(first).toContain('line 22.');
    expect(first).not.toContain('line 23.');
    expect(type('\r')).toContain('line 23.');
    expect(type('zzz')).toBe('');
    expect(type(' ')).toContain('line 46.');
    expect(type(' ')).toMatch(/line 59\.\r\nnl-a16-1> $/);
    expect(type('long\rq')).toMatch(/nl-a16-1> $/);
    expect(type('long\r\x03')).toMatch(/nl-a16-1> $/);
  });

  test('a command that fails costs its answer and not the console', () => {
    const broken: ConsoleCommand = {
      name: 'broken',
      summary: '',
      run: () => {
        throw new Error('out of order');
      },
    };
    expect(session(healthyFacts(), [broken]).ask('broken')).toEqual(['broken failed: out of order']);
  });

  test('a door that cannot be asked lets nothing be done, and costs the answer and not the console', () => {
    const door = new ConsoleDoor({ idleMs: 600_000, log: silentLog });
    door.isWelcome = () => {
      throw new TypeError('the hinges are off');
    };
    const shell = new ShellSession(shellOptions({ door }), { technician: null, line: 'socket' });
    shell.greeting();
    const answer = [...shell.feed(Buffer.from('version\r'))].join('');
    expect(answer).toContain('version failed: the hinges are off');
    expect(answer).not.toContain('Hazeldonk');
    expect(shell.ended).toBeNull();
  });

  test('text from elsewhere cannot rewrite the screen', () => {
    const reason = 'x\x1b[2J\u009b2J\r\n\u202eok';
    const answer = session({ ...sick, refusedLists: [{ authority: 'a', id: 'b', reason }] })
      .ask('lists')
      .join('\n');
    expect(answer).toContain('refused a/b: x?[2J?2J???ok');
  });

  test('exit and Ctrl-D end the sitting; Ctrl-D on a half-typed line does not', () => {
    for (const [keys, ended] of [
      ['exit\r', 'exit'],
      ['\x04', 'exit'],
      ['sta\x04', null],
    ] as const) {
      const { shell, type } = session();
      type(keys);
      expect(shell.ended).toBe(ended);
    }
  });

  test('whatever bytes arrive, the console neither fails nor answers without bound', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (noise) => {
        const { shell } = session(sick);
        for (const answer of shell.feed(noise)) expect(String(answer).length).toBeLessThan(20_000);
      }),
    );
  });
});

/** All paths of T that lead to text of any kind; fixed words (unions of literals) are no text. */
type TextPaths<T> = {
  [K in keyof T & string]: Exclude<T[K], null | undefined> extends infer V
    ? [V] extends [string]
      ? string extends V
        ? K
        : never
      : [V] extends [number | boolean]
        ? never
        : [V] extends [readonly (infer E)[]]
          ? string extends E
            ? K
            : `${K}.${TextPaths<E>}`
          : [V] extends [object]
            ? `${K}.${TextPaths<V>}`
            : K
    : never;
}[keyof T & string];

type KnownTexts =
  | 'nodeId'
  | 'site'
  | 'version'
  | 'inhibited'
  | 'cameras.name'
  | 'reader.failureCode'
  | 'lists.authority'
  | 'lists.id'
  | 'refusedLists.authority'
  | 'refusedLists.id'
  | 'refusedLists.reason'
  | 'verdicts.authority'
  | 'verdicts.list'
  | 'verdicts.camera'
  | 'link.brokerUrl'
  | 'link.failureCode';

describe('what the console can see', () => {
  test('is facts and nothing else', () => {
    expectTypeOf<keyof Diagnostics>().toEqualTypeOf<'facts'>();
    expectTypeOf<Diagnostics['facts']>().returns.toEqualTypeOf<NodeFacts>();
  });

  test('does nothing to the node but restart cameras and look at its settings anew', () => {
    expectTypeOf<keyof Controls>().toEqualTypeOf<'restartCamera' | 'takeOverSettings'>();
  });

  test('has no text in which a plate or an entry could stand; a new one must be answered for here', () => {
    expectTypeOf<TextPaths<NodeFacts>>().toEqualTypeOf<KnownTexts>();
    type WithPlate = NodeFacts & { readonly last: { readonly plate: string } };
    expectTypeOf<TextPaths<WithPlate>>().not.toEqualTypeOf<KnownTexts>();
  });
});
