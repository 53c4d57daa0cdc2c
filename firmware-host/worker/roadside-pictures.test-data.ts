import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { demoFrames } from '../demo/demo-frames.ts';

const NEAR_PX = 80;

/** Writes one rendered picture with one plate in it, near enough to be read by anybody; returns its text. */
export async function writeOneVehicle(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for await (const { plates, jpeg } of demoFrames({ scene: 'day', seconds: 12 })) {
    const [plate, ...others] = plates;
    if (plate === undefined || others.length > 0) continue;
    const xs = plate.corners.map(([x]) => x);
    if (Math.max(...xs) - Math.min(...xs) < NEAR_PX) continue;
    await writeFile(join(folder, 'vehicle.jpg'), jpeg);
    return plate.vehicle.text;
  }
  throw new Error('no picture shows one plate alone');
}
