import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { logLevels } from './foundation/log.ts';
import { printableText } from './foundation/printable.ts';

/** Where relative paths of a settings file begin, and where systemd put the service's credentials (if it did). */
export interface SettingsPlace {
  readonly folder: string;
  readonly credentialsFolder?: string | undefined;
}

const name = (help: string) =>
  z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, hyphens or underscores')
    .describe(help);

const whole = (help: string, fallback: number, least: number, most: number) =>
  z.int().min(least).max(most).default(fallback).describe(help);

const fraction = (help: string, fallback: number) => z.number().min(0).max(1).default(fallback).describe(help);

/** A secret in the settings would end in backups, tickets and shells' histories: an address must not carry one. */
const address = (help: string, protocols: readonly string[]) =>
  z
    .string()
    .superRefine((text, context) => {
      const expected = `must be an address such as ${protocols[0]}//camera.example/stream`;
      const url = URL.canParse(text) ? new URL(text) : null;
      if (url === null || url.hostname === '') context.addIssue({ code: 'custom', message: expected });
      else if (!protocols.includes(url.protocol))
        context.addIssue({ code: 'custom', message: `must begin with ${protocols.map((p) => `${p}//`).join(' or ')}` });
      else if (url.username !== '' || url.password !== '')
        context.addIssue({
          code: 'custom',
          message:
            'must not carry a user name or password; put them in files and name these as usernameFile and passwordFile',
        });
    })
    .describe(help);

const point = z.tuple([z.number().min(0).max(16384), z.number().min(0).max(16384)]);
const polygon = (help: string) =>
  z
    .array(point)
    .min(3, 'needs at least three [x, y] corners')
    .max(64)
    .describe(`${help} Corners as [x, y] in pixels of the camera's picture.`);

/**
 * The node's settings: one declaration a setting, with type, range, default and help; unknown keys are refused.
 * A changed setting takes effect at the next start of the node; those of `live-settings.ts` at SIGHUP.
 */
export function nodeSettingsSchema(place: SettingsPlace) {
  const path = (help: string) =>
    z
      .string()
      .min(1)
      .max(1024)
      .transform((text, context) => {
        const credential = /^credential:([A-Za-z0-9._-]+)$/.exec(text)?.[1];
        if (credential === undefined) return isAbsolute(text) ? text : resolve(place.folder, text);
        if (place.credentialsFolder !== undefined) return resolve(place.credentialsFolder, credential);
        context.addIssue({
          code: 'custom',
          message: 'names a systemd credential, but the service was started without any',
        });
        return z.NEVER;
      })
      .describe(help);
  const secretFile = (help: string) =>
    path(`${help} A file readable by the service alone, or credential:NAME for a systemd credential.`);

  const credentials = {
    usernameFile: secretFile('File that holds the user name.').optional(),
    passwordFile: secretFile('File that holds the password.').optional(),
  };
  const loop = z.boolean().default(false).describe('Begin again at the end, for ever.');
  const pace = z
    .enum(['realtime', 'fast'])
    .default('realtime')
    .describe('realtime keeps the pace of the recording; fast reads as quickly as the machine can.');

  const source = z.discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('rtsp'),
        url: address('Stream of a network camera.', ['rtsp:', 'rtsps:']),
        ...credentials,
      })
      .describe('An RTSP camera (H.264 or H.265).'),
    z.strictObject({ kind: z.literal('video'), path: path('A video file.'), pace, loop }).describe('A recorded video.'),
    z
      .strictObject({
        kind: z.literal('folder'),
        path: path('A folder with JPEG or PNG pictures, played in the order of their names.'),
        framesPerSecond: z.number().min(0.1).max(240).default(12).describe('Pictures a second.'),
        loop,
        pace,
      })
      .describe('A folder of pictures.'),
    z
      .strictObject({
        kind: z.literal('mjpeg'),
        url: address('Motion JPEG stream over HTTP.', ['http:', 'https:']),
        ...credentials,
      })
      .describe('An HTTP Motion JPEG camera.'),
  ]);

  const camera = z.strictObject({
    name: name('Name of the camera, unique on this node; hits and health carry it.'),
    source: source.describe('Where the pictures come from.'),
    lanes: z
      .array(
        z.strictObject({
          name: name('Name of the lane, unique for this camera.'),
          polygon: polygon('The part of the picture that is this lane.'),
        }),
      )
      .max(16)
      .superRefine(unique('lane'))
      .default([])
      .describe('Lanes, so that a hit can tell on which one the vehicle drove.'),
    regionOfInterest: polygon('Only plates in here are read.').optional(),
  });

  const broker = z
    .strictObject({
      url: address('The MQTT broker; mqtts (TLS) unless it runs on this machine.', ['mqtts:', 'mqtt:']),
      caFile: path(
        'PEM file with the authority that signed the broker’s certificate; without it the system’s.',
      ).optional(),
      certificateFile: path('PEM file with the client certificate of this node.').optional(),
      keyFile: secretFile('PEM file with the key of the client certificate.').optional(),
      ...credentials,
    })
    .superRefine((value, context) => {
      if ((value.certificateFile === undefined) !== (value.keyFile === undefined))
        context.addIssue({ code: 'custom', message: 'needs certificateFile and keyFile together, or neither' });
      if (value.passwordFile !== undefined && value.usernameFile === undefined)
        context.addIssue({ code: 'custom', message: 'has a passwordFile but no usernameFile' });
    });

  return z.strictObject({
    node: z
      .strictObject({
        id: name('Identity of this node at the broker, unique in the fleet.'),
        site: z
          .string()
          .min(1)
          .max(64)
          .regex(printableText, 'must not have control characters')
          .describe('Where it stands, in words for people: road, direction, kilometre.'),
        country: z.enum(['NL', 'BE', 'FR', 'LU']).describe('Country whose law applies here (ISO 3166-1).'),
      })
      .describe('Who and where this node is.'),
    dataFolder: path('Folder for lists and unsent hits; on a disk that survives a power cut.'),
    cameras: z
      .array(camera)
      .min(1, 'needs at least one camera')
      .max(16)
      .superRefine(unique('camera'))
      .describe('The cameras of this node.'),
    broker: broker.describe('The broker that lists come from and hits go to.'),
    keys: z
      .strictObject({ nodeKeyFile: secretFile('The node’s own key, made by anpr-node enroll.') })
      .describe('The keys of this node.'),
    trust: z
      .strictObject({
        authorities: z
          .array(
            z.strictObject({
              authority: name('Name of the authority as it stands in its lists.'),
              publicKeyFile: path('The authority’s public key; only it can sign that authority’s lists.'),
            }),
          )
          .max(64)
          .describe('Authorities whose lists this node accepts.'),
        recipients: z
          .array(
            z.strictObject({
              recipient: z
                .string()
                .regex(/^[\w.@:-]{1,64}$/, 'must be a name as lists spell their recipients')
                .describe('Name of the recipient as lists spell it.'),
              publicKeyFile: path('The recipient’s public key, made by anpr-central keygen --recipient.'),
            }),
          )
          .max(64)
          .default([])
          .describe(
            'Recipients for whom hits are encrypted, so that nobody else can read them. A hit that names none of them is signed only.',
          ),
      })
      .describe('Whom this node believes.'),
    recognizer: z
      .strictObject({
        modelsFolder: path(
          'Folder with detector.onnx and reader.onnx; without it the models that came with the program.',
        ).optional(),
        spellings: whole('Spellings considered for each plate.', 64, 1, 256),
        spellingFloor: fraction('Spellings less probable than this are dropped.', 1e-6),
        minPlateProbability: fraction('What is less probably a plate than this is not read.', 0.5),
      })
      .prefault({})
      .describe('How plates are read.'),
    passages: z
      .strictObject({
        closeAfterMs: whole('A vehicle not seen for so long has left.', 1000, 100, 60_000),
        decideAbove: fraction(
          'A passage is decided before the vehicle leaves when its spelling is at least so probable. A list of a million plates asks for more than one of a thousand.',
          0.999999,
        ),
        maxReads: whole('The most frames of one vehicle that are read.', 8, 1, 64),
      })
      .prefault({})
      .describe('How the reads of one vehicle become a passage.'),
    console: z
      .strictObject({
        serialPort: path('Device of the serial console, such as /dev/ttyS0; without it there is none.').optional(),
        baudRate: whole('Speed of the serial console (8N1).', 115_200, 300, 4_000_000),
        socketPath: path('Socket of the local console; without it console.sock in the data folder.').optional(),
        usersFile: path(
          'File of users, made by anpr-node user; without it anybody on the line may look, and nobody change anything.',
        ).optional(),
        idleMinutes: whole('Log out after so long without a command.', 10, 1, 720),
      })
      .prefault({})
      .describe('The technician’s console.'),
    log: z
      .strictObject({
        level: z.enum(logLevels).default('info').describe('The least that is logged. The audit log takes no notice.'),
      })
      .prefault({})
      .describe('What is logged.'),
    metrics: z
      .strictObject({
        port: z
          .int()
          .min(1)
          .max(65_535)
          .optional()
          .describe('Port on 127.0.0.1 with metrics for Prometheus under /metrics; without it there are none.'),
      })
      .prefault({})
      .describe('Figures for a monitoring system on this machine.'),
    outbox: z
      .strictObject({ diskBudgetMb: whole('Disk space for hits that wait for the link.', 2048, 16, 1_048_576) })
      .prefault({})
      .describe('Hits on their way.'),
    evidence: z
      .strictObject({
        sceneQuality: whole('JPEG quality of the scene picture.', 80, 10, 100),
        holdMs: whole('How long a camera keeps the best picture of a passage in memory.', 5000, 500, 60_000),
      })
      .prefault({})
      .describe('Pictures that go with a hit.'),
  });
}

function unique(what: string) {
  return (items: readonly { readonly name: string }[], context: z.RefinementCtx) => {
    items.forEach((item, index) => {
      if (items.findIndex((other) => other.name === item.name) !== index)
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: `names a second ${what} "${item.name}"; names must be unique`,
        });
    });
  };
}

export type NodeSettings = z.output<ReturnType<typeof nodeSettingsSchema>>;
export type CameraSettings = NodeSettings['cameras'][number];
export type CameraSource = CameraSettings['source'];
export type BrokerSettings = NodeSettings['broker'];

/** The schema for editors (JSON Schema 2020-12), from the same declarations. */
export function nodeSettingsJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(nodeSettingsSchema({ folder: '/' }), { io: 'input' });
  return { ...schema, title: 'Settings of a Hazeldonk node (node.yaml)' };
}
