import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, vi } from 'vitest';

/** A command of `anpr-node` as somebody types it, what it prints, and a folder for its files, all new for each test. */
export function typedCommand(name: string, addTo: (program: Command) => void) {
  const typed = {
    folder: '',
    stdout: '',
    stderr: '',
    async type(...words: readonly string[]): Promise<void> {
      const program = new Command('anpr-node');
      addTo(program);
      await program.parseAsync([name, ...words], { from: 'user' });
    },
  };
  beforeEach(async () => {
    typed.folder = await mkdtemp(join(tmpdir(), `hazeldonk-${name}-`));
    for (const stream of ['stdout', 'stderr'] as const) {
      typed[stream] = '';
      vi.spyOn(process[stream], 'write').mockImplementation((text) => {
        typed[stream] += String(text);
        return true;
      });
    }
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    process.exitCode = 0;
    await rm(typed.folder, { recursive: true });
  });
  return typed;
}
