import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeNodeKey, readNodeKey } from './node-key.ts';
import { unwrapListKey, wrapListKey } from './wrap.ts';

const list = { authority: 'NL', list: 'stolen', generation: 3 };
const listKey = Buffer.alloc(32, 7);
const badKey = { code: 'list/bad-wrapped-key' };

async function node(id = 'e19-a') {
  const folder = mkdtempSync(join(tmpdir(), 'hazeldonk-wrap-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  await makeNodeKey(join(folder, 'key'), { id, site: 's', country: 'NL' });
  return readNodeKey(join(folder, 'key'));
}

it('opens a list key on the node it is for, and nowhere else', async () => {
  const own = await node();
  const wrapped = await wrapListKey(listKey, list, own.publicKey);
  expect(await unwrapListKey(wrapped, list, own)).toEqual(listKey);
  await expect(unwrapListKey(wrapped, list, await node())).rejects.toMatchObject(badKey);
  await expect(unwrapListKey(wrapped, { ...list, generation: 2 }, own)).rejects.toMatchObject(badKey);
  await expect(unwrapListKey(wrapped, { ...list, list: 'other' }, own)).rejects.toMatchObject(badKey);
  await expect(unwrapListKey(wrapped, list, { ...own, id: 'other' })).rejects.toMatchObject(badKey);
});

it('takes no second spelling of the same wrapped key', async () => {
  const own = await node();
  const wrapped = await wrapListKey(listKey, list, own.publicKey);
  const parts = wrapped.split('.');
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  // The tag's last character carries two bits of the tag and four that mean nothing.
  const tag = parts.at(-1) ?? '';
  const twin = tag.slice(0, -1) + alphabet[alphabet.indexOf(tag.at(-1) ?? '') ^ 1];
  expect(Buffer.from(twin, 'base64url')).toEqual(Buffer.from(tag, 'base64url'));
  for (const other of [[...parts.slice(0, -1), twin].join('.'), `${wrapped}=`, `${wrapped} `, `${wrapped}\n`]) {
    await expect(unwrapListKey(other, list, own)).rejects.toMatchObject(badKey);
  }
});
