import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { demoFrames } from '../demo/demo-frames.ts';
import { DEMO_FRAMES_PER_SECOND, demoScript, noseDistanceM } from '../demo/sequence.ts';

/** Writes one rendered picture with one vehicle near enough to be read by anybody; returns the text of its plate. */
export async function writeOneVehicle(folder: string): Promise<string> {
  const seconds = 6;
  const [vehicle] = demoScript('day', seconds);
  if (vehicle === undefined) throw new Error('the script is empty');
  let index = 1;
  while (noseDistanceM(vehicle, index / DEMO_FRAMES_PER_SECOND) > 26) index++;
  await mkdir(folder, { recursive: true });
  const next = (drawn: number) => (drawn < index ? index : null);
  for await (const frame of demoFrames({ scene: 'day', seconds, next })) {
    if (frame.index === index) await writeFile(join(folder, 'vehicle.jpg'), frame.jpeg);
  }
  return vehicle.text;
}
