import { Fault } from '../../config/foundation/fault.ts';
import type { Log } from '../../config/foundation/log.ts';
import { whereOf } from '../../config/foundation/where-of.ts';
import type { Passage } from '../../recognizer/passages/passage.ts';
import { AwaitedPassages } from './awaited-passages.ts';
import { type ComposedLine, composeCameraLine } from './compose-camera-line.ts';
import { fittingEvidence } from './fitting-evidence.ts';
import { orSilence } from './or-silence.ts';
import { stepBack } from './step-back.ts';
import type { SupervisorChannel } from './supervisor-channel.ts';
import type { CameraWork, SentEvidence } from './worker-messages.ts';

const HEALTH_EVERY_MS = 1000;
/** Far more than the supervisor takes for a look into its lists, and a scene for being drawn. */
const LONGEST_WAIT_MS = 300;

/** Waits for the order to start, then runs the camera's line until it ends or SIGTERM asks to finish. */
export async function runCameraWorker(channel: SupervisorChannel): Promise<void> {
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort());
  try {
    const work = await orderedWork(channel, stop.signal);
    if (work === null) return channel.send({ kind: 'finished', why: 'stopped' });
    const composed = await composeCameraLine(work, channelLog(channel, work.camera.name));
    const awaited = new AwaitedPassages(LONGEST_WAIT_MS);
    answerQuestions({ channel, awaited, evidenceOf: (passageId) => evidenceOf(passageId, composed, work.evidence) });
    stepBack();
    channel.send({ kind: 'ready' });
    const ticking = setInterval(() => sendHealth(channel, composed), HEALTH_EVERY_MS);
    const frames = orSilence(composed.frames(stop.signal), work.passages.closeAfterMs, stop.signal);
    for await (const passages of composed.line.passages(awaited.before(frames))) report(channel, awaited, passages);
    clearInterval(ticking);
    sendHealth(channel, composed);
    channel.send({ kind: 'finished', why: stop.signal.aborted ? 'stopped' : 'ended' });
  } catch (error) {
    // The message of an error may name a file or carry data; its code and place may not.
    channel.send({
      kind: 'fault',
      code: error instanceof Fault ? error.code : 'camera-worker/bug',
      where: whereOf(error),
    });
  }
}

/** The first order is the only one: a worker does one camera's work in its life. Null when it is stopped before. */
function orderedWork(channel: SupervisorChannel, stop: AbortSignal): Promise<CameraWork | null> {
  return new Promise((resolve) => {
    stop.addEventListener('abort', () => resolve(null), { once: true });
    channel.onMessage((message) => {
      if (message.kind === 'start') resolve(message.work);
    });
  });
}

interface Questions {
  readonly channel: SupervisorChannel;
  readonly awaited: AwaitedPassages;
  readonly evidenceOf: (passageId: string) => Promise<SentEvidence | null>;
}

function answerQuestions({ channel, awaited, evidenceOf }: Questions): void {
  channel.onMessage((message) => {
    if (message.kind === 'settled') awaited.settled(message.passageId);
    if (message.kind !== 'evidence') return;
    const { request, passageId } = message;
    const answer = (evidence: SentEvidence | null) => {
      channel.send({ kind: 'evidence', request, evidence });
      awaited.settled(passageId);
    };
    evidenceOf(passageId).then(answer, () => answer(null));
  });
}

async function evidenceOf(
  passageId: string,
  { bestFrames }: ComposedLine,
  limits: CameraWork['evidence'],
): Promise<SentEvidence | null> {
  const sinceMs = performance.now();
  const made = await bestFrames.evidence(passageId);
  return made === null ? null : await fittingEvidence(made, limits, { sinceMs });
}

/** In a function of its own: a variable of the endless loop would keep the last passage until another comes, be it for days. */
function report(channel: SupervisorChannel, awaited: AwaitedPassages, passages: readonly Passage[]): void {
  for (const passage of passages) {
    awaited.reported(passage.id);
    channel.send({ kind: 'passage', passage });
  }
}

function sendHealth(channel: SupervisorChannel, { line, camera, bestFrames, dropped }: ComposedLine): void {
  bestFrames.sweep();
  line.sweep(Date.now());
  channel.send({
    kind: 'health',
    health: {
      counters: { ...line.counters, dropped },
      cameraState: camera.state,
      stage: line.stage,
      rssBytes: process.memoryUsage.rss(),
    },
  });
}

function channelLog(channel: SupervisorChannel, camera: string): Log {
  return {
    event: (level, event, fields = {}) => channel.send({ kind: 'log', level, event, fields: { camera, ...fields } }),
  };
}
