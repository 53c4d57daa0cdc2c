import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { installationRoot } from '../../config/foundation/installation.ts';
import { silentLog } from '../../config/foundation/log.ts';
import type { Passage } from '../../recognizer/passages/passage.ts';
import { CameraProcess, type CameraProcessOptions } from './camera-process.ts';
import { writeOneVehicle } from './roadside-pictures.test-data.ts';
import { type CameraWork, parseFromWorker, type SentEvidence, versioned } from './worker-messages.ts';

const WORKER = join(installationRoot(), 'dist', 'camera-worker.js');
const PATIENT = { timeout: 90_000, interval: 20 };

let folder: string;
let text: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hazeldonk-worker-'));
  text = await writeOneVehicle(join(folder, 'pictures'));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A camera that shows one standing vehicle for ever; its passage stays open until something closes it. */
function standing(change: Partial<CameraWork> = {}): CameraWork {
  const path = join(folder, 'pictures');
  return {
    camera: {
      name: 'north',
      source: { kind: 'folder', path, framesPerSecond: 10, loop: true, pace: 'realtime' },
      lanes: [],
    },
    recognizer: { spellings: 64, spellingFloor: 1e-6, minPlateProbability: 0.5 },
    passages: { closeAfterMs: 60_000, decideAbove: 1, maxReads: 4 },
    evidence: { sceneQuality: 80, holdMs: 5000, occupantsVisible: false, mostPictureBytes: 2_000_000 },
    ...change,
  };
}

const QUICK = { firstDelayMs: 10, longestDelayMs: 50, readyMs: 90_000, stopMs: 30_000 };

const running: { readonly stop: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const { stop } of running.splice(0)) await stop();
});

function start(options: Partial<CameraProcessOptions> = {}) {
  const passages: Passage[] = [];
  const stopping = new AbortController();
  const camera = new CameraProcess({
    work: standing(),
    log: silentLog,
    onPassage: (passage) => void passages.push(passage),
    ...options,
    timing: { ...QUICK, ...options.timing },
  });
  const ran = camera.run(stopping.signal);
  const stop = async () => {
    stopping.abort();
    await ran;
  };
  running.push({ stop });
  return { camera, passages, stop };
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a camera process', { timeout: 180_000 }, () => {
  it('finishes the open passage when it is stopped, and gives its evidence even then', async () => {
    const evidence: (SentEvidence | null)[] = [];
    const passages: Passage[] = [];
    const { camera, stop } = start({
      async onPassage(passage) {
        passages.push(passage);
        evidence.push(await camera.evidence(passage.id, 20_000));
      },
    });
    await vi.waitFor(() => expect(camera.status.counters.read).toBeGreaterThan(0), PATIENT);
    expect(camera.status).toMatchObject({ worker: 'running', cameraState: 'ok', restarts: 0 });
    expect(passages).toEqual([]);
    await stop();
    expect(passages).toMatchObject([{ camera: 'north', lane: null }]);
    expect(passages[0]?.spellings[0]?.text).toBe(text);
    for (const jpeg of [evidence[0]?.plateJpeg, evidence[0]?.sceneJpeg]) {
      expect(
        Buffer.from(jpeg ?? [])
          .subarray(0, 3)
          .toString('hex'),
      ).toBe('ffd8ff');
    }
    expect(camera.status).toMatchObject({ worker: 'stopped', pid: null, messagesRefused: 0, lastFault: null });
    expect(await camera.evidence(passages[0]!.id, 1000)).toBeNull();
  });

  it('starts a worker anew when it is asked to, after what was open in it is finished', async () => {
    const { camera, passages } = start();
    expect(camera.restart()).toBe(false);
    await vi.waitFor(() => expect(camera.status.counters.read).toBeGreaterThan(0), PATIENT);
    const { pid } = camera.status;
    expect(camera.restart()).toBe(true);
    await vi.waitFor(() => expect(camera.status.worker === 'running' && camera.status.pid !== pid).toBe(true), PATIENT);
    expect(passages.map((passage) => passage.spellings[0]?.text)).toEqual([text]);
    expect(camera.status).toMatchObject({ restarts: 1, lastFault: 'camera-worker/restart-asked' });
  });

  it('starts a worker again that was killed, and goes on counting', async () => {
    const { camera } = start();
    await vi.waitFor(() => expect(camera.status.counters.frames).toBeGreaterThan(0), PATIENT);
    const { pid, counters } = camera.status;
    process.kill(pid!, 'SIGKILL');
    await vi.waitFor(() => expect(camera.status.counters.frames).toBeGreaterThan(counters.frames + 1), PATIENT);
    expect(camera.status).toMatchObject({ worker: 'running', restarts: 1, lastFault: 'camera-worker/exit-SIGKILL' });
    expect(camera.status.pid).not.toBe(pid);
  });

  it('keeps its worker when the whole process group is hung up on, or Ctrl-C is pressed', async () => {
    const { camera } = start();
    await vi.waitFor(() => expect(camera.status.counters.frames).toBeGreaterThan(0), PATIENT);
    const { pid } = camera.status;
    for (const signal of ['SIGHUP', 'SIGINT'] as const) {
      process.kill(pid!, signal);
      const { frames } = camera.status.counters;
      await vi.waitFor(() => expect(camera.status.counters.frames).toBeGreaterThan(frames + 1), PATIENT);
    }
    expect(camera.status).toMatchObject({ worker: 'running', pid, restarts: 0 });
  });

  it('notices a worker that hangs, ends it, and starts another', async () => {
    const { camera } = start({ timing: { hangMs: 8000 } });
    await vi.waitFor(() => expect(camera.status.worker).toBe('running'), PATIENT);
    const hung = camera.status.pid!;
    process.kill(hung, 'SIGSTOP');
    await vi.waitFor(
      () => expect(camera.status).toMatchObject({ worker: 'running', lastFault: 'camera-worker/hung' }),
      PATIENT,
    );
    expect(isAlive(hung)).toBe(false);
  });

  it('stops in time though the worker hangs', async () => {
    const { camera, passages, stop } = start({ timing: { stopMs: 500 } });
    await vi.waitFor(() => expect(camera.status.worker).toBe('running'), PATIENT);
    const pid = camera.status.pid!;
    process.kill(pid, 'SIGSTOP');
    await stop();
    expect(isAlive(pid)).toBe(false);
    expect(passages).toEqual([]);
  });

  it('reports everything of a replay and then rests', async () => {
    const { camera: settings } = standing();
    const source = {
      kind: 'folder',
      path: join(folder, 'pictures'),
      framesPerSecond: 10,
      loop: false,
      pace: 'fast',
    } as const;
    const { camera, passages } = start({
      work: standing({
        camera: { ...settings, source },
        evidence: { sceneQuality: 80, holdMs: 60_000, occupantsVisible: true, mostPictureBytes: 2_000_000 },
      }),
    });
    await vi.waitFor(() => expect(camera.status.worker).toBe('ended'), PATIENT);
    // While its pictures may still be asked for, too: it would be restarted in nobody's sense.
    expect(camera.restart()).toBe(false);
    expect(await camera.evidence(passages[0]!.id, 20_000)).not.toBeNull();
    expect(passages.map(({ spellings }) => spellings[0]?.text)).toEqual([text]);
    expect(camera.status).toMatchObject({
      cameraState: 'ended',
      lastFault: null,
      restarts: 0,
      counters: { frames: 1, fused: 1 },
    });
  });

  it('says with a code why a worker cannot work: no models, no pictures', async () => {
    const noModels = join(folder, 'no-models');
    await mkdir(noModels, { recursive: true });
    const { recognizer, camera: settings } = standing();
    const modelless = start({ work: standing({ recognizer: { ...recognizer, modelsFolder: noModels } }) });
    await vi.waitFor(() => expect(modelless.camera.status.lastFault).toBe('model/missing'), PATIENT);
    const source = { kind: 'folder', path: noModels, framesPerSecond: 10, loop: true, pace: 'fast' } as const;
    const blind = start({ work: standing({ camera: { ...settings, source } }) });
    await vi.waitFor(() => expect(blind.camera.status.lastFault).toBe('camera/no-pictures'), PATIENT);
  });

  it('refuses what is no message, and passages that claim to be of another camera', async () => {
    const workerFile = join(folder, 'rubbish.mjs');
    const passage = {
      id: '01890a5d-ac96-774b-bcce-b302099a8057',
      camera: 'south',
      lane: null,
      direction: 'unknown',
      firstSeenMs: 1,
      lastSeenMs: 2,
      decidedMs: 3,
      framesSeen: 1,
      framesRead: 1,
      plateHeightPx: 20,
      spellings: [{ text: '1ABC234', probability: 1 }],
      countries: [],
      seen: { spellings: [{ text: '1ABC234', probability: 1 }], countries: [] },
    };
    const messages = [
      'rubbish',
      null,
      7,
      { kind: 'ready' },
      { v: 2, kind: 'ready' },
      { v: 1, kind: 'passage', passage },
      { v: 1, kind: 'passage', passage: { ...passage, camera: 'north', spellings: [{ text: 'a b', probability: 1 }] } },
      { v: 1, kind: 'passage', passage: { ...passage, camera: 'north', extra: true } },
      { v: 1, kind: 'evidence', request: 0, evidence: { plateJpeg: 'not bytes', sceneJpeg: [] } },
      { v: 1, kind: 'ready' },
      { v: 1, kind: 'passage', passage: { ...passage, camera: 'north' } },
    ];
    // It lives on: a program with nothing left to wait for ends, and another might be starting when this test looks.
    await writeFile(
      workerFile,
      `process.once('message', () => { for (const m of ${JSON.stringify(messages)}) process.send(m); });
       process.on('message', () => undefined);`,
    );
    const { camera, passages } = start({ workerFile });
    await vi.waitFor(() => expect(passages).toHaveLength(1), PATIENT);
    expect(camera.status).toMatchObject({ worker: 'running', messagesRefused: 9 });
  });

  it('restarts a worker that never gets ready, and one that cannot be started', async () => {
    const silent = join(folder, 'silent.mjs');
    await writeFile(silent, `process.on('message', () => undefined);`);
    const mute = start({ workerFile: silent, timing: { readyMs: 300, hangMs: 100 } });
    await vi.waitFor(() => expect(mute.camera.status.lastFault).toBe('camera-worker/not-ready'), PATIENT);
    const absent = start({ workerFile: join(folder, 'absent.mjs') });
    await vi.waitFor(() => expect(absent.camera.status.lastFault).toBe('camera-worker/exit-1'), PATIENT);
    // As where there is no memory for a process, fork throws for what execve(2) has no room for: 6 MB, whatever the kernel's pages.
    const unstarted = start({ workerFile: 'x'.repeat(8_000_000) });
    await vi.waitFor(() => expect(unstarted.camera.status.restarts).toBeGreaterThan(1), PATIENT);
    expect(unstarted.camera.status).toMatchObject({ lastFault: 'camera-worker/exit-unstarted', pid: null });
  });
});

describe('a camera worker', { timeout: 120_000 }, () => {
  it('refuses what is no message, still works afterwards, and ends with its channel', async () => {
    const child = fork(WORKER, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
    });
    const said: string[] = [];
    const ready = new Promise<void>((resolve) => {
      child.on('message', (raw) => {
        const message = parseFromWorker(raw);
        said.push(message?.kind === 'log' ? message.event : (message?.kind ?? 'nonsense'));
        if (message?.kind === 'ready') resolve();
      });
    });
    for (const rubbish of [
      'rubbish',
      null,
      { v: 1, kind: 'start' },
      { v: 1, kind: 'start', work: { ...standing(), more: 1 } },
      'x'.repeat(1e6),
    ]) {
      child.send(rubbish as object);
    }
    child.send(versioned({ kind: 'start', work: standing() }));
    await ready;
    expect(said.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => 'camera-worker/message-refused'));
    const gone = once(child, 'exit');
    child.disconnect();
    expect(await gone).toBeDefined();
  });

  it('does not outlive a supervisor that was killed', async () => {
    const supervisor = join(folder, 'supervisor.mjs');
    await writeFile(
      supervisor,
      `import { fork } from 'node:child_process';
       const child = fork(${JSON.stringify(WORKER)}, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
       child.send(${JSON.stringify(versioned({ kind: 'start', work: standing() }))});
       child.on('message', (message) => message.kind === 'ready' && process.send(child.pid));`,
    );
    const parent = fork(supervisor, [], { execArgv: [] });
    const [pid] = (await once(parent, 'message')) as [number];
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), PATIENT);
  });
});
