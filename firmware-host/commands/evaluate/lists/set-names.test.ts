import { expect, it } from 'vitest';
import { possibleNames, setNames } from './set-names.ts';

it('folders are recorded under their own name, and under the parent of val as well', () => {
  const folders = ['data/nl-photos', '/data/f-photos/', 'data/eu-plates/val', 'data/nl-video'];
  expect(setNames(folders)).toEqual(['nl-photos', 'f-photos', 'eu-plates/val', 'nl-video']);
});

it('folders that are called alike are told apart by what they lie in', () => {
  expect(setNames(['a/photos', 'b/photos', 'a/other'])).toEqual(['a/photos', 'b/photos', 'other']);
  expect(setNames(['/x/a/photos', '/y/a/photos', '/y/b/photos'])).toEqual(['x/a/photos', 'y/a/photos', 'b/photos']);
  expect(setNames(['/photos', '/a/photos'])).toEqual(['photos', 'a/photos']);
});

it('a folder is never taken for the rendered passages', () => {
  expect(setNames(['/data/rendered'])).toEqual(['data/rendered']);
});

it('a folder that is given twice is refused', () => {
  expect(() => setNames(['a/photos', './a/photos/'])).toThrow(/named twice/);
});

it('a folder may have had each name that tells it from some other, and never that of the rendered passages', () => {
  expect(possibleNames('/data/be/photos/')).toEqual(['photos', 'be/photos', 'data/be/photos']);
  expect(possibleNames('/data/eu-plates/val')).toEqual(['eu-plates/val', 'data/eu-plates/val']);
  expect(possibleNames('/data/rendered')).toEqual(['data/rendered']);
  expect(possibleNames('/val')).toEqual([]);
});
