import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, it, vi } from 'vitest';
import { jsonLog } from '../../../config/foundation/log.ts';
import { topics } from '../../broker/topics.ts';
import { sampleHit } from '../../uplink/sample-hit.test-data.ts';
import { addFleetCommand } from '../commands/fleet.ts';
import { addKeygenCommand } from '../commands/keygen.ts';
import { addVerificationOptions, openerOf } from '../commands/verification-options.ts';
import { enrolledNode, temporaryFolder } from './signed-world.fixture.ts';

async function command(...words: string[]): Promise<string> {
  let text = '';
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += String(part);
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const program = new Command().exitOverride();
  addKeygenCommand(program);
  addFleetCommand(program);
  try {
    await program.parseAsync(words, { from: 'user' });
    return text;
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

function optionsOf(...words: string[]) {
  return addVerificationOptions(new Command()).parse(words, { from: 'user' }).opts();
}

it('opens hits of nodes in the register, once what enroll printed is added to the fleet', async () => {
  const lines: string[] = [];
  const log = jsonLog((line) => lines.push(line));
  const register = temporaryFolder();
  const { publicKey, sealer } = await enrolledNode('gantry-7');
  const { body } = await sealer.seal(sampleHit(), {});
  const message = { topic: topics.hits('gantry-7'), payload: body, retained: false };

  const early = await openerOf(optionsOf('--node-keys', register) as never, log);
  expect(await early.event(message)).toEqual({ refused: 'unknown-node' });
  expect(await early.event(message)).toEqual({ refused: 'unknown-node' });
  const said = lines.filter((line) => line.includes('centre/unknown-node'));
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('anpr-central fleet add');

  const line = join(temporaryFolder(), 'enrolled.json');
  writeFileSync(line, JSON.stringify(publicKey));
  await command('fleet', 'add', line, '--node-keys', register);
  const opener = await openerOf(optionsOf('--node-keys', register) as never, log);
  expect(await opener.event(message)).toHaveProperty('body');
  expect(JSON.parse(await command('fleet', 'keys', '--node-keys', register))).toEqual({ keys: [publicKey.signing] });
});

it('says how to begin a register where there is none, and takes unsigned hits only when told so', async () => {
  const lines: string[] = [];
  const log = jsonLog((line) => lines.push(line));
  const nowhere = join(temporaryFolder(), 'none');
  await expect(openerOf(optionsOf('--node-keys', nowhere) as never, log)).rejects.toMatchObject({
    code: 'centre/no-register',
    message: expect.stringContaining('anpr-central fleet add'),
  });
  expect(await openerOf(optionsOf('--unsigned') as never, log)).toHaveProperty('event');
  expect(lines.join('')).toContain('centre/unsigned');
});

it('makes a recipient’s key pair that others cannot read, and asks whose key it is', async () => {
  const out = temporaryFolder();
  const text = await command('keygen', '--recipient', 'nl-jit-7', '--out', out);
  expect(readdirSync(out).sort()).toEqual(['nl-jit-7.recipient-key.json', 'nl-jit-7.recipient-public-key.json']);
  expect(text).toContain('trust.recipients');
  expect(statSync(join(out, 'nl-jit-7.recipient-key.json')).mode & 0o077).toBe(0);
  await expect(command('keygen', '--out', out)).rejects.toMatchObject({ code: 'keygen/for-whom' });
  const both = command('keygen', '--out', out, '--recipient', 'a', '--authority', 'NL');
  await expect(both).rejects.toMatchObject({ code: 'keygen/for-whom' });
});
