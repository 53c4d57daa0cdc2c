import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { uuidV7 } from '../../config/foundation/uuid-v7.ts';
import { samplePicture } from '../uplink/sample-hit.test-data.ts';
import { EvidenceFolder } from './evidence-folder.ts';

const dayMs = 86_400_000;
const limitMs = Date.UTC(2026, 4, 1);

let parent: string;
let path: string;
let evidence: EvidenceFolder;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'hazeldonk-evidence-'));
  path = join(parent, 'evidence');
  evidence = new EvidenceFolder(path);
});
afterEach(() => rmSync(parent, { recursive: true }));

/** A picture of a hit that was made and arrived so long before the limit; returns the file's name. */
async function saved({ madeMs, arrivedMs }: { madeMs: number; arrivedMs: number }): Promise<string> {
  const id = uuidV7(limitMs - madeMs);
  const file = await evidence.save(id, 'scene', samplePicture(10));
  utimesSync(file, new Date(), new Date(limitMs - arrivedMs));
  return `${id}-scene.jpg`;
}

describe('the folder with pictures', () => {
  it('erases those that arrived before and whose hit was made before', async () => {
    await saved({ madeMs: dayMs, arrivedMs: dayMs });
    const young = await saved({ madeMs: -dayMs, arrivedMs: -dayMs });
    const afterAnOutage = await saved({ madeMs: 20 * dayMs, arrivedMs: -dayMs });
    const underAWrongClock = await saved({ madeMs: -dayMs, arrivedMs: 9_000 * dayMs });
    expect(await evidence.erase(limitMs)).toBe(1);
    expect(readdirSync(path).sort()).toEqual([young, afterAnOutage, underAWrongClock].sort());
    expect(await evidence.erase(limitMs, { byArrivalAlone: true })).toBe(1);
    expect(readdirSync(path).sort()).toEqual([young, afterAnOutage].sort());
  });

  it('erases what a crash left half-written, and nothing that is not its own', async () => {
    mkdirSync(path);
    const names = [`${uuidV7(0)}-plate.jpg.part`, `${uuidV7(0)}-notes.jpg`, 'README', `${uuidV7(0)}-plate.jpg.bak`];
    for (const name of names) {
      writeFileSync(join(path, name), '');
      utimesSync(join(path, name), 0, 0);
    }
    expect(await evidence.erase(limitMs)).toBe(1);
    expect(readdirSync(path).sort()).toEqual(names.slice(1).sort());
  });

  it('has nothing to erase before the first picture came', async () => {
    expect(await evidence.erase(limitMs)).toBe(0);
  });

  it('keeps no half of a picture for which its disk has no room', async () => {
    const id = uuidV7();
    mkdirSync(path);
    symlinkSync('/dev/full', join(path, `${id}-plate.jpg.part`));
    await expect(evidence.save(id, 'plate', samplePicture(10))).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(readdirSync(path)).toEqual([]);
    const file = await evidence.save(id, 'plate', samplePicture(10));
    expect(readFileSync(file)).toEqual(Buffer.from(samplePicture(10)));
  });
});
