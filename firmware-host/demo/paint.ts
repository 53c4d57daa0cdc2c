import type { PlateInk } from './plate-layouts.ts';

export type Scene = 'day' | 'night';

/** Red, green, blue from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** What a surface does with light: `body` is lit by the scene, `lamp` shines by itself. */
export type Light = 'body' | 'lamp';

/** By day a colour is shown as it is; at night only the camera's own infra-red lamp falls on it, and there is no colour. */
export function lit(colour: Colour, scene: Scene, light: Light = 'body'): string {
  if (scene === 'day') return css(colour);
  const luma = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
  const seen = light === 'lamp' ? luma : 12 + luma * 0.3;
  return css([seen, seen, seen]);
}

/** Darker below 1, lighter towards white above 1. */
export function shade([red, green, blue]: Colour, factor: number): Colour {
  if (factor <= 1) return [red * factor, green * factor, blue * factor];
  const towards = factor - 1;
  return [red + (255 - red) * towards, green + (255 - green) * towards, blue + (255 - blue) * towards];
}

const PLATE_BY_DAY: Readonly<Record<PlateInk, Colour>> = {
  white: [226, 228, 228],
  yellow: [236, 184, 32],
  black: [28, 28, 32],
  red: [142, 24, 34],
  blue: [26, 66, 156],
  'band-letter': [232, 234, 238],
  star: [214, 190, 60],
  screw: [150, 146, 132],
  seal: [74, 128, 96],
};

/** Retro-reflective sheeting sends the infra-red light straight back; inks and the blue band swallow most of it. */
const PLATE_IN_INFRARED: Readonly<Record<PlateInk, number>> = {
  white: 236,
  yellow: 224,
  black: 26,
  red: 62,
  blue: 112,
  'band-letter': 214,
  star: 176,
  screw: 120,
  seal: 96,
};

export function plateColour(ink: PlateInk, scene: Scene): string {
  if (scene === 'day') return css(PLATE_BY_DAY[ink]);
  const seen = PLATE_IN_INFRARED[ink];
  return css([seen, seen, seen]);
}

export function css(colour: Colour): string {
  return `rgb(${colour.map((channel) => Math.max(0, Math.min(255, Math.round(channel)))).join(',')})`;
}
