import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Service } from '../../../config/foundation/service.ts';
import type { BrokerMessage } from '../../broker/broker-link.ts';
import { MqttLink } from '../../broker/mqtt-link.ts';
import { mosquittoInstalled, startMosquitto } from '../../broker/start-mosquitto.ts';
import { topics } from '../../broker/topics.ts';
import { Outbox } from '../../uplink/outbox.ts';
import { Publisher } from '../../uplink/publisher.ts';
import { readable } from '../../uplink/readable.ts';
import { sampleHit, samplePicture } from '../../uplink/sample-hit.test-data.ts';
import { Receiver } from '../receiver.ts';
import { SqliteHitStore } from '../sqlite-hit-store.ts';
import { VerifyingOpener } from './hit-opener.ts';
import { KnownNodes } from './known-nodes.ts';
import { readRecipientKeys } from './recipient-key-files.ts';
import { enrolledNode, recipientsWithKeys, temporaryFolder } from './signed-world.fixture.ts';

const node = 'gantry-7';
const soon = { timeout: 20_000, interval: 20 };
const installed = mosquittoInstalled();

/** What must not be seen by anybody but the team: what is wanted, what was read, why, by whom, and the pictures. */
const secrets = ['1ABC234', '1A8C234', 'BE-2026-0007', 'police act', 'discreet-check', 'nl-jit-7', 'north-1'];

it.skipIf(!installed)(
  'brings the hits of a joint team to that team, and shows them to nobody else on the way',
  async () => {
    const register = temporaryFolder();
    const { recipients, secretKeyFiles } = await recipientsWithKeys(['nl-jit-7', 'nl-police']);
    const { sealer } = await enrolledNode(node, { register, recipients });
    const persistence = join(temporaryFolder(), 'mosquitto');
    mkdirSync(persistence);
    const broker = await startMosquitto(['persistence true', `persistence_location ${persistence}/`]);
    onTestFinished(() => broker.close());
    const start = (service: Service): void => {
      const stop = new AbortController();
      const running = service.run(stop.signal);
      onTestFinished(async () => {
        stop.abort();
        await running;
      });
    };
    const link = (): MqttLink => {
      const made = new MqttLink({ url: broker.url, reconnectFirstMs: 20 });
      start(made);
      return made;
    };
    const captured: BrokerMessage[] = [];
    const captor = link();
    captor.subscribe('#', (message) => captured.push(message));
    await new Promise<void>((resolve) => captor.onConnected(resolve));

    const centres = await Promise.all(
      secretKeyFiles.map(async (file) => {
        const store = SqliteHitStore.open(':memory:');
        const opener = new VerifyingOpener(KnownNodes.inFolder(register), await readRecipientKeys([file]));
        const receiver = new Receiver({ link: link(), store, opener });
        onTestFinished(() => store.close());
        start(receiver);
        return { store, receiver };
      }),
    );
    const [team, police] = centres;

    const folder = temporaryFolder();
    const outbox = Outbox.open(join(folder, 'outbox.sqlite'), { diskBudgetBytes: 1e9 });
    onTestFinished(() => outbox.close());
    const pictures = { plate: samplePicture(3_000, 0x5a), scene: samplePicture(30_000, 0x6b) };
    const hit = sampleHit({ recipients: ['nl-jit-7'], action: 'discreet-check', evidence: pictures });
    const sealed = await sealer.seal(hit, pictures);
    outbox.append(hit, sealed.pictures, sealed.body);
    const atRest = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    start(new Publisher({ node, link: link(), outbox }));
    await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ hitsWaiting: 0, picturesWaiting: 0 }), soon);

    expect((await team?.store.hit(hit.id))?.hit).toEqual(hit);
    expect(team?.receiver.counts()).toMatchObject({ hits: 1, pictures: 2, rejected: 0 });
    await vi.waitFor(() => expect(police?.receiver.counts().notForUs).toBeGreaterThan(0), soon);
    expect(police?.receiver.counts()).toMatchObject({ hits: 0, pictures: 0, rejected: 0 });
    expect(await police?.store.hit(hit.id)).toBeNull();

    // Who captures hears of it a little after those who take part.
    const fromNode = () => captured.filter(({ topic }) => topic.startsWith(topics.hits(node).replace('hits', '')));
    await vi.waitFor(() => expect(fromNode().length).toBeGreaterThanOrEqual(6), soon);
    await broker.kill();
    const seen = [...captured.map(({ topic, payload }) => [topic, payload] as const), ...filesOf(persistence)];
    for (const [where, bytes] of [...seen, ...atRest.map((bytes) => ['outbox', bytes] as const)]) {
      const all = Buffer.concat([Buffer.from(where), readable(bytes)]);
      for (const secret of secrets)
        expect({ where, secret, found: all.includes(secret) }).toMatchObject({ found: false });
      for (const jpeg of Object.values(pictures)) expect(all.includes(Buffer.from(jpeg.subarray(0, 40)))).toBe(false);
    }
  },
);

it.skipIf(!installed)('would find in a capture what is only signed: the search above is worth something', async () => {
  const { sealer } = await enrolledNode(node);
  const { body } = await sealer.seal(sampleHit(), {});
  for (const secret of ['1ABC234', '1A8C234', 'BE-2026-0007', 'north-1'])
    expect(readable(body).includes(secret)).toBe(true);
});

function filesOf(folder: string): readonly (readonly [string, Uint8Array])[] {
  return readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const);
}
