import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { installationRoot } from '../config/foundation/installation.ts';
import { drawn, plateSvg } from '../recognizer/drawn-plate.test-data.ts';
import { encodeLumaJpeg } from '../recognizer/picture/encode-jpeg.ts';

const program = join(installationRoot(), 'dist', 'anpr-node.js');

it('reads as many pictures as a shell puts on one line, also where ONNX Runtime alone would crash on such a line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'many-'));
  try {
    const path = join(folder, `${'a-rather-long-name-'.repeat(10)}.jpg`);
    writeFileSync(path, await encodeLumaJpeg(await drawn(plateSvg('4KRZ71', [0, 0], 260), 260, 55), 90));
    const paths = Array.from({ length: 160 }, () => path);
    expect(paths.join(' ').length).toBeGreaterThan(30_000);
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'read', '--crops', '--json', ...paths]);
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(160);
    expect(JSON.parse(lines[159]!).plates[0].text).toBe('4KRZ71');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
