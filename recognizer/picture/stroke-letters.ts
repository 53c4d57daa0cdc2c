/**
 * Letters of straight strokes on a grid of 4 x 6, so that captions can be drawn where no font is installed: each pair of
 * digits is a point, x then y downwards; strokes are parted by `|`.
 */
const STROKES: Readonly<Record<string, string>> = {
  '0': '10 30 41 45 36 16 05 01 10|41 05',
  '1': '11 20 26|06 46',
  '2': '01 10 30 41 42 06 46',
  '3': '01 10 30 41 42 33 44 45 36 16 05|13 33',
  '4': '36 30 04 44',
  '5': '40 00 03 33 44 45 36 06',
  '6': '40 10 01 05 16 36 45 44 33 03',
  '7': '00 40 16',
  '8': '10 30 41 42 33 13 02 01 10|13 04 05 16 36 45 44 33',
  '9': '06 36 45 41 30 10 01 02 13 43',
  A: '06 20 46|14 34',
  B: '00 06 36 45 44 33 03|33 42 41 30 00',
  C: '41 30 10 01 05 16 36 45',
  D: '00 06 26 44 42 20 00',
  E: '40 00 06 46|03 33',
  F: '40 00 06|03 33',
  G: '41 30 10 01 05 16 36 45 43 23',
  H: '00 06|40 46|03 43',
  I: '10 30|20 26|16 36',
  J: '40 45 36 16 05',
  K: '00 06|40 03 46',
  L: '00 06 46',
  M: '06 00 23 40 46',
  N: '06 00 46 40',
  O: '10 30 41 45 36 16 05 01 10',
  P: '06 00 30 41 42 33 03',
  Q: '10 30 41 45 36 16 05 01 10|24 46',
  R: '06 00 30 41 42 33 03|23 46',
  S: '41 30 10 01 02 13 33 44 45 36 16 05',
  T: '00 40|20 26',
  U: '00 05 16 36 45 40',
  V: '00 26 40',
  W: '00 16 22 36 40',
  X: '00 46|40 06',
  Y: '00 23 40|23 26',
  Z: '00 40 06 46',
  '%': '40 06|00 10 11 01 00|36 46 45 35 36',
  '?': '01 10 30 41 42 23 24|26 26',
  '.': '25 26',
  '-': '03 43',
  '/': '40 06',
};

const ADVANCE = 6;
const HEIGHT = 6;

/** How wide a caption of this height is, in the height's unit. */
export function captionWidth(text: string, height: number): number {
  return (text.length * ADVANCE * height) / HEIGHT;
}

/** SVG path data of a caption whose top left is at x, y: to be stroked, not filled. What has no letter here is a gap. */
export function captionPath(text: string, [x, y]: readonly [number, number], height: number): string {
  const unit = height / HEIGHT;
  return [...text.toUpperCase()]
    .flatMap((letter, index) =>
      (STROKES[letter] ?? '').split('|').map((stroke) =>
        stroke
          .split(' ')
          .filter((point) => point !== '')
          .map((point, i) => {
            const px = x + (index * ADVANCE + Number(point[0])) * unit;
            const py = y + Number(point[1]) * unit;
            return `${i === 0 ? 'M' : 'L'}${px.toFixed(1)} ${py.toFixed(1)}`;
          })
          .join(''),
      ),
    )
    .join('');
}
