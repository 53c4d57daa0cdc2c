import { join } from 'node:path';
import { installationRoot } from '../../config/foundation/installation.ts';
import type { Log } from '../../config/foundation/log.ts';
import { pause, within } from '../../config/foundation/pause.ts';
import type { Service } from '../../config/foundation/service.ts';
import type { Passage } from '../../recognizer/passages/passage.ts';
import { BackOff } from '../cameras/back-off.ts';
import { type CameraProcessStatus, NO_COUNTERS, sum, unstarted } from './camera-process-status.ts';
import { CAMERA_PROCESS_TIMING, type CameraProcessTiming } from './camera-process-timing.ts';
import { Progress } from './progress.ts';
import { WorkerChild } from './worker-child.ts';
import type { CameraWork, MessageFromWorker, SentEvidence } from './worker-messages.ts';

export type { CameraProcessStatus };

export interface CameraProcessOptions {
  readonly work: CameraWork;
  readonly log: Log;
  /** Called for each passage, in order; at the stop its promise is waited for, so that it may still ask for evidence. */
  readonly onPassage: (passage: Passage) => void | Promise<void>;
  readonly timing?: Partial<CameraProcessTiming>;
  /** The worker's program, when it is not the installed one. */
  readonly workerFile?: string;
}

type Outcome = 'ended' | 'stopped' | { readonly fault: string };

const MOST_QUESTIONS = 256;

/**
 * One camera's worker process and its supervision: started, listened to, watched, restarted with back-off when it dies or hangs,
 * and stopped so that no open passage is lost. Frames stay in the worker; only passages and evidence that is asked for come out.
 */
export class CameraProcess implements Service {
  readonly name: string;
  readonly #options: CameraProcessOptions;
  readonly #timing: CameraProcessTiming;
  readonly #log: Log;
  readonly #questions = new Map<number, (evidence: SentEvidence | null) => void>();
  readonly #deliveries = new Set<Promise<void>>();
  #child: WorkerChild | null = null;
  #nextQuestion = 0;
  #restartAsked = false;
  #countersBefore = NO_COUNTERS;
  #status: CameraProcessStatus;

  constructor(options: CameraProcessOptions) {
    const camera = options.work.camera.name;
    this.name = `camera ${camera}`;
    this.#options = options;
    this.#timing = { ...CAMERA_PROCESS_TIMING, ...options.timing };
    this.#log = { event: (level, event, fields = {}) => options.log.event(level, event, { camera, ...fields }) };
    this.#status = unstarted(camera);
  }

  get status(): CameraProcessStatus {
    return this.#status;
  }

  /** The pictures of a passage, or null when the worker holds them no more, is gone, or does not answer in time. */
  async evidence(passageId: string, deadlineMs: number): Promise<SentEvidence | null> {
    if (this.#child === null || this.#questions.size >= MOST_QUESTIONS) return null;
    const request = this.#nextQuestion++;
    const answer = new Promise<SentEvidence | null>((resolve) => this.#questions.set(request, resolve));
    if (!this.#child.send({ kind: 'evidence', request, passageId })) this.#questions.get(request)?.(null);
    const evidence = await within(answer, deadlineMs, null);
    this.#questions.delete(request);
    return evidence;
  }

  /** Starts the worker anew, after it has finished what is open; false when none is running, and when its replay has ended. */
  restart(): boolean {
    if (this.#child === null || this.#status.worker !== 'running') return false;
    this.#restartAsked = true;
    this.#child.stop();
    return true;
  }

  async run(signal: AbortSignal): Promise<void> {
    const backOff = new BackOff(this.#timing);
    const stopped = aborted(signal);
    while (!signal.aborted) {
      const beganMs = performance.now();
      const outcome = await this.#live(signal, stopped);
      if (outcome === 'ended') {
        this.#log.event('info', 'camera-worker/ended');
        await stopped;
      }
      if (signal.aborted) break;
      if (performance.now() - beganMs >= this.#timing.steadyMs) backOff.reset();
      const retryInMs = backOff.next();
      const cause = this.#restartAsked ? 'camera-worker/restart-asked' : 'camera-worker/stopped-by-another';
      const code = typeof outcome === 'object' ? outcome.fault : cause;
      this.#restartAsked = false;
      this.#update({
        worker: 'restarting',
        cameraState: 'connecting',
        lastFault: code,
        restarts: this.#status.restarts + 1,
      });
      this.#log.event('error', 'camera-worker/restarting', { code, retryInMs, restarts: this.#status.restarts });
      await pause(retryInMs, signal);
    }
    this.#update({ worker: 'stopped' });
  }

  /** One life of the worker: to its end, its death, or the order to stop. */
  async #live(signal: AbortSignal, stopped: Promise<'aborted'>): Promise<Outcome> {
    const now = () => performance.now();
    const progress = new Progress(this.#timing.quietMs, now());
    const life = new Life();
    const child = new WorkerChild(this.#options.workerFile ?? join(installationRoot(), 'dist', 'camera-worker.js'), {
      onMessage: (message) => this.#hear(message, life, progress),
      onRefused: () => this.#refuse(),
    });
    this.#child = child;
    this.#update({ worker: 'starting', pid: child.pid });
    child.send({ kind: 'start', work: this.#options.work });
    child.exited.then(({ code, signal: by }) =>
      life.over({ fault: `camera-worker/exit-${by ?? code ?? 'unstarted'}` }),
    );
    const everyMs = Math.min(1000, this.#timing.hangMs / 4);
    let lookedMs = now();
    const watch = setInterval(() => {
      const stoodStillMs = now() - lookedMs - everyMs;
      lookedMs = now();
      if (stoodStillMs > everyMs) progress.excuse(stoodStillMs);
      const patienceMs = life.ready ? this.#timing.hangMs : this.#timing.readyMs;
      if (now() - progress.madeMs > patienceMs)
        life.over({ fault: life.ready ? 'camera-worker/hung' : 'camera-worker/not-ready' });
    }, everyMs);
    const first = await Promise.race([life.outcome, stopped]);
    clearInterval(watch);
    const outcome = first === 'aborted' ? await this.#finish(child, life) : first;
    if (outcome === 'ended') {
      this.#update({ worker: 'ended', cameraState: 'ended' });
      // The last passages of a replay may still become hits.
      await pause(this.#options.work.evidence.holdMs, signal);
    }
    await this.#part(child, outcome);
    return outcome;
  }

  /** Asks the worker to finish, within the deadline; a worker that hangs loses what it had open. */
  async #finish(child: WorkerChild, life: Life): Promise<Outcome> {
    child.stop();
    const outcome = await within(life.outcome, this.#timing.stopMs, { fault: 'camera-worker/stop-overdue' });
    if (life.ready && typeof outcome === 'object')
      this.#log.event('error', 'camera-worker/not-flushed', { code: outcome.fault });
    return outcome;
  }

  /** Parts with a worker: after a good end its passages are delivered first, because delivering may need their evidence. */
  async #part(child: WorkerChild, outcome: Outcome): Promise<void> {
    if (typeof outcome === 'string') {
      await within(Promise.all(this.#deliveries), this.#timing.stopMs, null);
      child.disconnect();
      await within(child.exited, 1000, null);
    }
    child.kill();
    await child.exited;
    this.#child = null;
    for (const answer of this.#questions.values()) answer(null);
    this.#countersBefore = this.#status.counters;
    this.#update({ pid: null, rssBytes: 0 });
  }

  #hear(message: MessageFromWorker, life: Life, progress: Progress): void {
    const nowMs = performance.now();
    switch (message.kind) {
      case 'ready':
        life.ready = true;
        progress.made(nowMs);
        this.#update({ worker: 'running' });
        this.#log.event('info', 'camera-worker/ready');
        break;
      case 'passage':
        if (message.passage.camera === this.#status.camera) this.#deliver(message.passage);
        else this.#refuse();
        break;
      case 'health':
        progress.hear(message.health, nowMs);
        this.#update({
          counters: sum(this.#countersBefore, message.health.counters),
          cameraState: message.health.cameraState,
          rssBytes: message.health.rssBytes,
        });
        break;
      case 'evidence':
        this.#questions.get(message.request)?.(message.evidence);
        break;
      case 'log':
        this.#log.event(message.level, message.event, message.fields);
        break;
      case 'fault':
        this.#log.event('error', 'camera-worker/fault', { code: message.code, where: message.where });
        life.over({ fault: message.code });
        break;
      case 'finished':
        life.over(message.why);
        break;
    }
  }

  #deliver(passage: Passage): void {
    const child = this.#child;
    const delivery = (async () => await this.#options.onPassage(passage))().finally(() =>
      child?.send({ kind: 'settled', passageId: passage.id }),
    );
    const settled = delivery.finally(() => this.#deliveries.delete(settled));
    this.#deliveries.add(settled);
  }

  #refuse(): void {
    this.#update({ messagesRefused: this.#status.messagesRefused + 1 });
    if (this.#status.messagesRefused === 1) this.#log.event('error', 'camera-worker/message-refused');
  }

  #update(change: Partial<CameraProcessStatus>): void {
    this.#status = { ...this.#status, ...change };
  }
}

/** What is known of one life; the first outcome counts. */
class Life {
  ready = false;
  over: (outcome: Outcome) => void = () => undefined;
  readonly outcome = new Promise<Outcome>((resolve) => {
    this.over = resolve;
  });
}

function aborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('aborted');
    else signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
}
