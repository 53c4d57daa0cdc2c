import { expect, test } from 'vitest';
import { listEntrySchema } from '../../sync/lists/entry.ts';
import { listDescriptionSchema } from '../../sync/lists/list-description.ts';
import { demoListCsv, demoListDescription, demoListEntries } from './demo-lists.ts';
import type { Scene } from './paint.ts';
import type { PlateCountry } from './plate-layouts.ts';
import { demoScript, noseDistanceM } from './sequence.ts';

const scenes: readonly Scene[] = ['day', 'night'];
const syntaxes: Readonly<Record<PlateCountry, RegExp>> = {
  NL: /^([A-Z]{3}\d\d[A-Z]|[A-Z]\d{3}[A-Z]{2}|\d\d[A-Z]{3}\d)$/,
  B: /^2[A-Z]{3}\d{3}$/,
  F: /^[A-Z]{2}\d{3}[A-Z]{2}$/,
  L: /^[A-Z]{2}\d{4}$/,
  D: /^TX[A-Z]{2}\d{3}$/,
};

test('a scene always has the same traffic, and a longer one begins with the shorter one', () => {
  for (const scene of scenes) {
    const long = demoScript(scene, 40);
    expect(demoScript(scene, 40)).toEqual(long);
    const short = demoScript(scene, 15);
    expect(long.slice(0, short.length)).toEqual(short);
  }
});

test('every plate is in its national syntax and nobody drives past twice', () => {
  const vehicles = scenes.flatMap((scene) => demoScript(scene, 60));
  for (const { country, text } of vehicles) expect(text).toMatch(syntaxes[country]);
  expect(new Set(vehicles.map(({ text }) => text)).size).toBe(vehicles.length);
});

test('in the first quarter of a minute vehicles of the four countries pass, and listed ones of three', () => {
  for (const scene of scenes) {
    const vehicles = demoScript(scene, 15);
    expect(new Set(vehicles.map(({ country }) => country))).toEqual(new Set(['NL', 'B', 'F', 'L', 'D']));
    const listed = vehicles.filter((vehicle) => vehicle.listed);
    expect(new Set(listed.map(({ country }) => country)).size).toBeGreaterThanOrEqual(3);
    expect(listed[0]?.entersS).toBeLessThan(4);
    expect(vehicles.length).toBeGreaterThan(listed.length * 2);
  }
});

test('no vehicle runs into the one before it while the camera sees them', () => {
  for (const scene of scenes) {
    const vehicles = demoScript(scene, 60);
    for (let timeS = 0; timeS < 60; timeS += 0.2) {
      for (const lane of ['slow', 'fast']) {
        const distances = vehicles
          .filter((vehicle) => vehicle.lane === lane && vehicle.entersS <= timeS)
          .map((vehicle) => noseDistanceM(vehicle, timeS))
          .filter((distanceM) => distanceM > 0)
          .sort((a, b) => a - b);
        for (let i = 1; i < distances.length; i++) expect(distances[i]! - distances[i - 1]!).toBeGreaterThan(12);
      }
    }
  }
});

test('the list names the listed vehicles only, in the terms of a real list', () => {
  const vehicles = demoScript('day', 20);
  const entries = demoListEntries(vehicles);
  expect(entries.map(({ text }) => text)).toEqual(vehicles.filter(({ listed }) => listed).map(({ text }) => text));
  for (const entry of entries) expect(listEntrySchema.parse(entry)).toEqual(entry);
  expect(listDescriptionSchema.parse(demoListDescription)).toEqual(demoListDescription);
  const lines = demoListCsv(vehicles).trimEnd().split('\n');
  expect(lines).toHaveLength(entries.length + 1);
  expect(lines[1]).toBe(`${entries[0]?.text},B,DEMO-0001`);
});
