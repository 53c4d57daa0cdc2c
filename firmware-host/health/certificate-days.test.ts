import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { certificateDaysLeft } from './certificate-days.ts';
import { judgeLink } from './health.ts';
import { healthyLink } from './healthy-facts.ts';

const dayMs = 86_400_000;
let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-days-'));
  file = join(folder, 'node.pem');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', join(folder, 'key')];
  const parameters = ['req', '-x509', ...key, '-subj', '/CN=gantry-7', '-days', '90', '-out', file];
  execFileSync('openssl', parameters, { stdio: 'ignore' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  [89, 'ok'],
  [30, 'ok'],
  [29, 'warn'],
  [0, 'warn'],
  [-1, 'fail'],
])('with %i days left on a real certificate the link is judged: %s', (days, level) => {
  const left = certificateDaysLeft(file, Date.now() + (89 - days) * dayMs);
  expect(left).toBe(days);
  expect(judgeLink(healthyLink({ certificateDaysLeft: left })).level).toBe(level);
});
