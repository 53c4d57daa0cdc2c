import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { installationRoot } from '../../../config/foundation/installation.ts';
import { readNodePlaces } from './node-places.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-places-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('reads the example', () => {
  const places = readNodePlaces(join(installationRoot(), 'config', 'examples', 'node-places.yaml'));
  expect(places.get('a16-hazeldonk')).toEqual({ latitude: 51.4945, longitude: 4.7437, title: 'A16 Hazeldonk' });
});

it.each([
  'nodes: {a16: {latitude: 91, longitude: 4}}',
  'nodes: {a16: {latitude: 51}}',
  'nodes: {"../a16": {latitude: 51, longitude: 4}}',
  'nodes: {a16: {latitude: 51, longitude: 4, colour: red}}',
  'nodes: []',
  '- nodes',
])('says what is wrong with %s and where', (text) => {
  const path = join(folder, 'places.yaml');
  writeFileSync(path, text);
  expect(() => readNodePlaces(path)).toThrow(
    expect.objectContaining({ code: 'web/bad-places', message: expect.stringContaining('places.yaml:1:') }),
  );
});
