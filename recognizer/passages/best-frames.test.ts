import { describe, expect, it } from 'vitest';
import type { Edit, Pixels } from '../picture/pixels.ts';
import { BestFrames, type BestFramesOptions } from './best-frames.ts';
import { corners, luma } from './plate-in-picture.test-data.ts';

/** Its JPEG tells how it was made: from what, and what was hidden in it before it was encoded, once. */
const picture = (name: string) => ({
  luma,
  toJpeg: async (quality: number, edit?: Edit) => {
    const scene: Pixels = { data: new Uint8Array(2), widthPx: 2, heightPx: 1, channels: 1 };
    edit?.(scene);
    const [occupantsOf, platesOf] = scene.data;
    return Buffer.from(`${name} ${quality}, hidden: occupants of ${occupantsOf}, plates of ${platesOf}`);
  },
});

function frames(options: Partial<BestFramesOptions> = {}) {
  const clock = { ms: 0 };
  const held = new BestFrames({
    holdMs: 5000,
    sceneQuality: 80,
    encodePlate: async (plate) => Buffer.from(`${plate.widthPx}x${plate.heightPx}`),
    hidePlates: (scene, plates) => scene.data.fill(plates.length, 1, 2),
    now: () => clock.ms,
    ...options,
  });
  return { held, clock };
}

describe('the best frames', () => {
  it('are given as pictures of the frame kept last, however often', async () => {
    const { held } = frames();
    held.keep('a', picture('worse'), corners);
    held.keep('a', picture('better'), corners);
    const evidence = await held.evidence('a');
    expect(Buffer.from(evidence!.sceneJpeg).toString()).toBe('better 80, hidden: occupants of 0, plates of 0');
    expect(Buffer.from(evidence!.plateJpeg).toString()).toBe('53x23');
    expect(await held.evidence('a')).not.toBeNull();
    expect(await held.evidence('b')).toBeNull();
  });

  it('show the scene without the plates of other vehicles', async () => {
    const { held } = frames();
    held.keep('a', picture('a'), corners, [corners, corners]);
    const evidence = await held.evidence('a');
    expect(Buffer.from(evidence!.sceneJpeg).toString()).toBe('a 80, hidden: occupants of 0, plates of 2');
  });

  it('show nobody in any of the vehicles, their own among them, where occupants must not be seen', async () => {
    const { held } = frames({ hideOccupants: (scene, plates) => scene.data.fill(plates.length, 0, 1) });
    held.keep('a', picture('a'), corners, [corners, corners]);
    held.keep('b', picture('b'), corners);
    const scenes = [await held.evidence('a'), await held.evidence('b')];
    expect(scenes.map((one) => Buffer.from(one!.sceneJpeg).toString())).toEqual([
      'a 80, hidden: occupants of 3, plates of 2',
      'b 80, hidden: occupants of 1, plates of 0',
    ]);
  });

  it('are forgotten some time after the report, not before it', async () => {
    const { held, clock } = frames();
    held.keep('a', picture('a'), corners);
    clock.ms = 100_000;
    expect(await held.evidence('a')).not.toBeNull();
    held.reported('a');
    clock.ms = 104_999;
    expect(await held.evidence('a')).not.toBeNull();
    clock.ms = 105_000;
    held.sweep();
    expect(held.size).toBe(0);
    held.reported('never kept');
  });

  it('never hold more frames or bytes than allowed: the oldest go', async () => {
    const few = frames({ mostFrames: 3 }).held;
    for (const id of ['a', 'b', 'c', 'd', 'e']) few.keep(id, picture(id), corners);
    expect([few.size, await few.evidence('b'), (await few.evidence('c')) !== null]).toEqual([3, null, true]);
    const small = frames({ mostBytes: 20_000 }).held;
    for (const id of ['a', 'b', 'c', 'd', 'e']) small.keep(id, picture(id), corners);
    expect(small.size).toBe(2);
  });
});
