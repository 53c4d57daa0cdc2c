import { expect, it } from 'vitest';
import { sampleHit, samplePicture } from '../uplink/sample-hit.test-data.ts';
import { HitPrinter } from './hit-printer.ts';

const jpeg = samplePicture(10);
const hit = sampleHit({ evidence: { plate: jpeg } });

/** A printer whose folder fails with this code until it is null. */
function printerOn(disk: { code: string | null }) {
  const lines: string[] = [];
  const events: string[] = [];
  const printer = new HitPrinter({
    write: (text) => void lines.push(text),
    json: true,
    colours: null,
    columns: 80,
    showPictures: false,
    decodePicture: async () => ({ widthPx: 1, heightPx: 1, channels: 1, data: Buffer.of(0) }),
    evidence: {
      save: async () => {
        if (disk.code !== null) throw Object.assign(new Error('no'), { code: disk.code });
        return '/evidence/plate.jpg';
      },
    },
    log: { event: (_, event) => void events.push(event) },
  });
  return { printer, lines, events };
}

it('goes on without files while their disk is full, and says so once until there is room', async () => {
  const disk: { code: string | null } = { code: 'ENOSPC' };
  const { printer, lines, events } = printerOn(disk);
  for (const code of ['ENOSPC', 'EDQUOT', null, 'ENOSPC']) {
    disk.code = code;
    await printer.picture({ hit, kind: 'plate', jpeg });
  }
  expect(lines.map((line) => JSON.parse(line).path)).toEqual([null, null, '/evidence/plate.jpg', null]);
  expect(events).toEqual(['centre/evidence-disk-full', 'centre/evidence-disk-full']);
});

it('does not hide that its folder cannot be written for another reason', async () => {
  const { printer } = printerOn({ code: 'EACCES' });
  await expect(printer.picture({ hit, kind: 'plate', jpeg })).rejects.toMatchObject({ code: 'EACCES' });
});
