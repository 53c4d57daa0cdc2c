import type { FaceName } from './glyph-outlines.ts';

/** The four countries of the cooperation, and a neighbour whose vehicles pass as well. */
export type PlateCountry = 'NL' | 'B' | 'F' | 'L' | 'D';

/** What a part of a plate is made of; the scene decides how bright each is by day and in infra-red light. */
export type PlateInk = 'white' | 'yellow' | 'black' | 'red' | 'blue' | 'band-letter' | 'star' | 'screw' | 'seal';

/** How a country's plates look, in millimetres of a plate of 520 x 110. */
export interface NationalLayout {
  readonly ground: PlateInk;
  readonly ink: PlateInk;
  readonly face: FaceName;
  readonly capHeightMm: number;
  /** Where the text lies between the bands, and how wide it may become. */
  readonly textFromMm: number;
  readonly textToMm: number;
  readonly textWidthMm: number;
  readonly dashWidthMm: number;
  readonly dashThicknessMm: number;
  readonly gapMm: number;
  readonly rightBand: boolean;
  readonly borderMm: number;
}

/** After the public descriptions of the plates; the faces are open ones near the national letterforms. */
export const LAYOUTS: Readonly<Record<PlateCountry, NationalLayout>> = {
  NL: {
    ground: 'yellow',
    ink: 'black',
    face: 'barlow',
    capHeightMm: 74,
    textFromMm: 46,
    textToMm: 514,
    textWidthMm: 424,
    dashWidthMm: 26,
    dashThicknessMm: 11,
    gapMm: 7,
    rightBand: false,
    borderMm: 3,
  },
  B: {
    ground: 'white',
    ink: 'red',
    face: 'barlow-semi-condensed',
    capHeightMm: 76,
    textFromMm: 46,
    textToMm: 514,
    textWidthMm: 436,
    dashWidthMm: 22,
    dashThicknessMm: 10,
    gapMm: 9,
    rightBand: false,
    borderMm: 4,
  },
  F: {
    ground: 'white',
    ink: 'black',
    face: 'barlow-semi-condensed',
    capHeightMm: 78,
    textFromMm: 46,
    textToMm: 474,
    textWidthMm: 404,
    dashWidthMm: 16,
    dashThicknessMm: 11,
    gapMm: 5,
    rightBand: true,
    borderMm: 2,
  },
  L: {
    ground: 'yellow',
    ink: 'black',
    face: 'overpass',
    capHeightMm: 74,
    textFromMm: 46,
    textToMm: 514,
    textWidthMm: 400,
    dashWidthMm: 0,
    dashThicknessMm: 0,
    gapMm: 30,
    rightBand: false,
    borderMm: 3,
  },
  D: {
    ground: 'white',
    ink: 'black',
    face: 'nummernschild',
    capHeightMm: 75,
    textFromMm: 46,
    textToMm: 514,
    textWidthMm: 436,
    dashWidthMm: 0,
    dashThicknessMm: 0,
    gapMm: 16,
    rightBand: false,
    borderMm: 4,
  },
};
