import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { silentLog } from '../../config/foundation/log.ts';
import { loadProfile } from '../../config/jurisdictions/profile.ts';
import { auditParts } from '../../sync/audit/audit-files.ts';
import { AuditLog, auditing } from '../../sync/audit/audit-log.ts';
import { MemoryBroker } from '../../sync/broker/memory-link.ts';
import { topics } from '../../sync/broker/topics.ts';
import { place, stolen, TestAuthority, TestNode, testFolder } from '../../sync/lists/list-world.fixture.ts';
import { signManifest } from '../../sync/lists/manifest.ts';
import { ListLaw } from './list-law.ts';

it('writes once into the audit log why a list is not allowed, however often the broker says it', async () => {
  const folder = join(testFolder(), 'audit');
  const audit = AuditLog.open({ folder, owner: place.id, log: silentLog });
  const log = auditing(silentLog, audit, new Set(['list/not-allowed', 'list/refused']));
  const law = new ListLaw(loadProfile('NL'), log);
  const broker = new MemoryBroker();
  const authority = new TestAuthority({ ...stolen, purpose: 'parking' });
  const allows = law.allowsList.bind(law);
  const node = (await TestNode.open({ link: broker.link(), authorities: [authority], allows, log })).start();
  const manifest = await authority.build(['12-ABC-3,NL,ref']);
  const say = (version: number) => {
    const { bytes } = signManifest({ ...manifest, version }, authority.signingKey);
    broker.take(topics.listManifest('NL', 'stolen'), bytes, false);
  };
  const records = (event: string) =>
    auditParts(folder)
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
      .filter((line) => line.includes(`"${event}"`));

  for (let time = 0; time < 2_000; time += 1) say(1);
  await node.until(() => node.refusals.length === 2_000);
  expect(records('list/not-allowed')).toHaveLength(1);
  expect(records('list/not-allowed')[0]).toContain('purpose not allowed in NL: parking');
  expect(records('list/refused').length).toBeLessThan(20);

  say(2);
  await node.until(() => node.refusals.length === 2_001);
  expect(records('list/not-allowed')).toHaveLength(2);
  await node.stop();
  audit.close();
});

it('goes on telling why lists are not allowed after a thousand manifests', async () => {
  const told: unknown[] = [];
  const law = new ListLaw(loadProfile('NL'), { event: (_, event, fields) => told.push([event, fields?.authority]) });
  const manifest = await new TestAuthority({ ...stolen, purpose: 'parking' }).build(['12-ABC-3,NL,ref']);
  const say = (version: number) => expect(law.allowsList({ ...manifest, version })).toBe(false);
  for (let version = 1; version <= 1_001; version += 1) say(version);
  expect(told).toHaveLength(1_001);
  for (let version = 2; version <= 1_001; version += 1) say(version);
  expect(told).toHaveLength(1_001);
  say(1_002);
  expect(told).toHaveLength(1_002);
  expect(told.at(-1)).toEqual(['list/not-allowed', 'NL']);
});
