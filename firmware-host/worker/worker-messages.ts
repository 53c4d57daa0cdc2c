import { z } from 'zod';

/**
 * The messages between the supervisor and a camera worker. Both sides come from one build, so the version guards against a
 * half-replaced installation; the limits guard the supervisor against a worker that went wrong.
 */
const VERSION = 1;
const v = z.literal(VERSION);

/** More than any picture that is asked for, see `mostPictureBytes`. */
const MOST_JPEG_BYTES = 16 * 1024 * 1024;

const text = (most: number) => z.string().min(1).max(most);
const point = z.tuple([z.number(), z.number()]).readonly();
const polygon = z.array(point).min(3).max(64).readonly();
const probability = z.number().min(0).max(1.000001);
const count = z.int().min(0);
const path = text(4096);
const credentials = { usernameFile: path.optional(), passwordFile: path.optional() };
const pace = z.enum(['realtime', 'fast']);

const source = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rtsp'), url: path, ...credentials }),
  z.strictObject({ kind: z.literal('video'), path, pace, loop: z.boolean() }),
  z.strictObject({ kind: z.literal('folder'), path, framesPerSecond: z.number().positive(), loop: z.boolean(), pace }),
  z.strictObject({ kind: z.literal('mjpeg'), url: path, ...credentials }),
]);

const workSchema = z.strictObject({
  camera: z.strictObject({
    name: text(64),
    source,
    lanes: z
      .array(z.strictObject({ name: text(64), polygon }))
      .max(16)
      .readonly(),
    regionOfInterest: polygon.optional(),
  }),
  recognizer: z.strictObject({
    modelsFolder: path.optional(),
    spellings: z.int().min(1).max(256),
    spellingFloor: probability,
    minPlateProbability: probability,
  }),
  passages: z.strictObject({
    closeAfterMs: z.number().positive(),
    decideAbove: probability,
    maxReads: z.int().min(1).max(64),
  }),
  evidence: z.strictObject({
    sceneQuality: z.int().min(1).max(100),
    holdMs: z.number().positive(),
    occupantsVisible: z.boolean(),
    /** A picture that is longer could not be sent on. */
    mostPictureBytes: z.int().min(1),
  }),
});

const hypotheses = {
  spellings: z
    .array(z.strictObject({ text: z.string().regex(/^[A-Z0-9]{1,40}$/), probability }).readonly())
    .max(256)
    .readonly(),
  countries: z
    .array(z.strictObject({ country: text(8), probability }).readonly())
    .max(64)
    .readonly(),
};

const passageId = z.uuid({ version: 'v7' });
const passage = z.strictObject({
  id: passageId,
  camera: text(64),
  lane: text(64).nullable(),
  direction: z.enum(['approaching', 'receding', 'unknown']),
  firstSeenMs: z.int(),
  lastSeenMs: z.int(),
  decidedMs: z.int(),
  framesSeen: count,
  framesRead: count,
  plateHeightPx: count,
  ...hypotheses,
  seen: z.strictObject(hypotheses),
});

/** What became of the frames so far: the funnel from the camera to passages. */
const countersSchema = z.strictObject({
  frames: count,
  /** Frames in which nothing moved. */
  gated: count,
  /** Plates found by the detector, all frames together. */
  detected: count,
  read: count,
  /** Passages reported. */
  fused: count,
  /** Frames that a newer one replaced while the worker was busy. */
  dropped: count,
});

const health = z.strictObject({
  counters: countersSchema,
  cameraState: z.enum(['connecting', 'ok', 'no-signal', 'ended']),
  /** Whether the line waits for the camera or works on a frame: a frame that takes for ever is a hang, a quiet camera is not. */
  stage: z.enum(['waiting', 'working']),
  rssBytes: count,
});

const jpeg = z.custom<Uint8Array>((bytes) => bytes instanceof Uint8Array && bytes.byteLength <= MOST_JPEG_BYTES);
/** A picture that cannot be made small enough is null. */
const evidence = z.strictObject({ plateJpeg: jpeg.nullable(), sceneJpeg: jpeg.nullable() });

const logFields = z
  .record(text(64), z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]))
  .refine((fields) => Object.keys(fields).length <= 16);

/** What the supervisor tells a worker. */
export const toWorkerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ v, kind: z.literal('start'), work: workSchema }),
  z.strictObject({ v, kind: z.literal('evidence'), request: count, passageId }),
  /** Nothing more is asked about this passage, now that it is on no list or its hit is made. */
  z.strictObject({ v, kind: z.literal('settled'), passageId }),
]);

/** What a worker tells the supervisor. */
export const fromWorkerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ v, kind: z.literal('ready') }),
  z.strictObject({ v, kind: z.literal('passage'), passage }),
  z.strictObject({ v, kind: z.literal('health'), health }),
  z.strictObject({ v, kind: z.literal('evidence'), request: count, evidence: evidence.nullable() }),
  z.strictObject({
    v,
    kind: z.literal('log'),
    level: z.enum(['debug', 'info', 'warn', 'error']),
    event: text(64),
    fields: logFields,
  }),
  /** The worker cannot go on; `where` names code, never data. */
  z.strictObject({ v, kind: z.literal('fault'), code: text(64), where: z.string().max(500) }),
  /** Every passage has been sent; the worker stays for questions about evidence until the channel closes. */
  z.strictObject({ v, kind: z.literal('finished'), why: z.enum(['ended', 'stopped']) }),
]);

/** All that a camera worker needs to know. */
export type CameraWork = z.output<typeof workSchema>;
export type Counters = z.output<typeof countersSchema>;
export type WorkerHealth = z.output<typeof health>;
/** The pictures of a passage as a worker sends them. */
export type SentEvidence = Readonly<z.output<typeof evidence>>;

type WithoutVersion<M> = M extends unknown ? Omit<M, 'v'> : never;
type ToWorker = z.output<typeof toWorkerSchema>;
type FromWorker = z.output<typeof fromWorkerSchema>;
export type MessageToWorker = WithoutVersion<ToWorker>;
export type MessageFromWorker = WithoutVersion<FromWorker>;

/** The message as it travels. */
export function versioned<M extends MessageToWorker | MessageFromWorker>(message: M): M & { readonly v: 1 } {
  return { v: VERSION, ...message };
}

/** A message of the supervisor, or null for anything else. */
export function parseToWorker(message: unknown): ToWorker | null {
  return toWorkerSchema.safeParse(message).data ?? null;
}

/** A message of a worker, or null for anything else. */
export function parseFromWorker(message: unknown): FromWorker | null {
  return fromWorkerSchema.safeParse(message).data ?? null;
}
