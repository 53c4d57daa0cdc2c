import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { MqttLink } from '../broker/mqtt-link.ts';
import { mosquittoInstalled, startMosquitto } from '../broker/start-mosquitto.ts';
import { enrolledNode, temporaryFolder } from '../central/verification/signed-world.fixture.ts';
import { sha256 } from '../uplink/make-hit.ts';
import { Outbox } from '../uplink/outbox.ts';
import { Publisher } from '../uplink/publisher.ts';
import { sampleHit, samplePicture } from '../uplink/sample-hit.test-data.ts';

const program = join(dirname(fileURLToPath(import.meta.url)), 'consumer.test-peer.mjs');
const soon = { timeout: 30_000, interval: 20 };

it.skipIf(!mosquittoInstalled())(
  'lets somebody who knows the contract alone take hits, verify and confirm them',
  async () => {
    const broker = await startMosquitto();
    onTestFinished(() => broker.close());
    const { publicKey, sealer } = await enrolledNode('gantry-7');
    const { sealer: impostor } = await enrolledNode('gantry-7');
    const keys = join(temporaryFolder(), 'keys.json');
    writeFileSync(keys, JSON.stringify({ keys: [publicKey.signing] }));
    const consumer = spawn(process.execPath, [program, '127.0.0.1', String(broker.port), keys], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    consumer.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
    onTestFinished(async () => {
      consumer.kill();
      await once(consumer, 'exit');
    });

    const outbox = Outbox.open(join(temporaryFolder(), 'outbox.sqlite'), { diskBudgetBytes: 1e9 });
    const pictures = { plate: samplePicture(900, 1), scene: samplePicture(40_000, 2) };
    const hit = sampleHit({ evidence: pictures });
    const forged = sampleHit({ priority: 9 });
    const add = async (one: typeof hit, by: typeof sealer, evidence = {}) => {
      const sealed = await by.seal(one, evidence);
      outbox.append(one, sealed.pictures, sealed.body);
    };
    await add(hit, sealer, pictures);
    await add(forged, impostor);
    const link = new MqttLink({ url: broker.url });
    const pace = { firstMs: 300, longestMs: 1_000, window: 8 };
    const publisher = new Publisher({ node: 'gantry-7', link, outbox, hitPace: pace, picturePace: pace });
    const stop = new AbortController();
    const running = [link.run(stop.signal), publisher.run(stop.signal)];
    onTestFinished(async () => {
      stop.abort();
      await Promise.all(running);
      outbox.close();
    });

    await vi.waitFor(() => expect(outbox.counts()).toMatchObject({ hitsReceived: 1, picturesReceived: 2 }), soon);
    const lines = [...new Set(text.trim().split('\n'))];
    expect(lines).toContain(`hit ${hit.id} 1ABC234 stop`);
    for (const kind of ['plate', 'scene'] as const)
      expect(lines).toContain(`${kind} ${hit.id} ${sha256(pictures[kind])}`);
    expect(lines).toContain('refused');
    expect(text).not.toContain(forged.id);
    expect(outbox.counts().hitsWaiting).toBe(1);
  },
);
