import { z } from 'zod';
import { logLevels } from './foundation/log.ts';
import { nodePlace } from './node-place.ts';
import { address, fraction, name, polygon, unique, userWithPassword, whole } from './setting-kinds.ts';
import { type SettingsPlace, settingPaths } from './setting-paths.ts';

/**
 * The node's settings: one declaration a setting, with type, range, default and help; unknown keys are refused.
 * A changed setting takes effect at the next start of the node; those of `live-settings.ts` at SIGHUP.
 */
export function nodeSettingsSchema(place: SettingsPlace) {
  const { path, secretFile } = settingPaths(place);
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
      .superRefine(userWithPassword)
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
      .superRefine(userWithPassword)
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
      .superRefine(unique('name', 'lane'))
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
    })
    .superRefine(userWithPassword);

  return z.strictObject({
    node: nodePlace.describe('Who and where this node is.'),
    dataFolder: path('Folder for lists and unsent hits; on a disk that survives a power cut.'),
    cameras: z
      .array(camera)
      .min(1, 'needs at least one camera')
      .max(16)
      .superRefine(unique('name', 'camera'))
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
          .superRefine(unique('authority', 'key of', 'an authority signs with one: take the old one out'))
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

export type NodeSettings = z.output<ReturnType<typeof nodeSettingsSchema>>;
export type CameraSettings = NodeSettings['cameras'][number];
export type CameraSource = CameraSettings['source'];
export type BrokerSettings = NodeSettings['broker'];

/** The schema for editors (JSON Schema 2020-12), from the same declarations. */
export function nodeSettingsJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(nodeSettingsSchema({ folder: '/' }), { io: 'input' });
  return { ...schema, title: 'Settings of a Hazeldonk node (node.yaml)' };
}
