import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { installationRoot } from '../../../config/foundation/installation.ts';
import { mosquittoInstalled } from '../../../sync/broker/start-mosquitto.ts';
import { measureUplink } from './measure-uplink.ts';

it.skipIf(!mosquittoInstalled())(
  'measures signed hits from the outbox through Mosquitto to the centre’s receipt',
  {
    timeout: 120_000,
  },
  async () => {
    const measured = await measureUplink({
      centreFile: join(installationRoot(), 'dist', 'anpr-central.js'),
      hitsPerSecond: 10,
      seconds: 1,
      backlog: 20,
      onProgress: () => undefined,
    });
    expect(measured.paced.hits).toBe(10);
    expect(measured.backlog.hits).toBe(20);
    expect(measured.toReceipt.p95).toBeGreaterThanOrEqual(measured.toReceipt.median);
    expect(measured.toReceipt.median).toBeGreaterThan(measured.append.median);
  },
);

it.skipIf(!mosquittoInstalled())(
  'ends with a fault when the centre is killed, before it answers or after',
  { timeout: 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-centre-'));
    const real = pathToFileURL(join(installationRoot(), 'dist', 'anpr-central.js')).href;
    const killed = "process.kill(process.pid, 'SIGKILL')";
    const centres = {
      'at-once.mjs': `${killed};\n`,
      'later.mjs': `setTimeout(() => ${killed}, 4000);\nawait import(${JSON.stringify(real)});\n`,
    };
    try {
      for (const [name, program] of Object.entries(centres)) {
        writeFileSync(join(folder, name), program);
        const plan = { centreFile: join(folder, name), hitsPerSecond: 5, seconds: 40, backlog: 5 };
        await expect(measureUplink({ ...plan, onProgress: () => undefined })).rejects.toMatchObject({
          code: 'bench/no-centre',
        });
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
