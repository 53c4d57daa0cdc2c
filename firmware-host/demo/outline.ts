/** A point of a flat outline; units are the drawer's own (millimetres on a plate, metres on a vehicle). */
export type FlatPoint = readonly [u: number, v: number];

/** A closed or open path of straight lines and quadratic curves, in absolute coordinates. */
export type Segment =
  | { readonly to: 'move' | 'line'; readonly end: FlatPoint }
  | { readonly to: 'curve'; readonly control: FlatPoint; readonly end: FlatPoint }
  | { readonly to: 'close' };

export type Outline = readonly Segment[];

export function polygon(points: readonly FlatPoint[]): Outline {
  return [...points.map((end, index): Segment => ({ to: index === 0 ? 'move' : 'line', end })), { to: 'close' }];
}

/** A closed curve that is rounded at every point: the points are the controls of quadratic curves between edge middles. */
export function rounded(points: readonly FlatPoint[]): Outline {
  const middle = (a: FlatPoint, b: FlatPoint): FlatPoint => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const at = (index: number): FlatPoint => points[index % points.length] ?? [0, 0];
  const segments: Segment[] = [{ to: 'move', end: middle(at(points.length - 1), at(0)) }];
  for (let i = 0; i < points.length; i++) segments.push({ to: 'curve', control: at(i), end: middle(at(i), at(i + 1)) });
  return [...segments, { to: 'close' }];
}

export function roundedRectangle(left: number, bottom: number, width: number, height: number, radius: number): Outline {
  const right = left + width;
  const top = bottom + height;
  return [
    { to: 'move', end: [left + radius, bottom] },
    { to: 'line', end: [right - radius, bottom] },
    { to: 'curve', control: [right, bottom], end: [right, bottom + radius] },
    { to: 'line', end: [right, top - radius] },
    { to: 'curve', control: [right, top], end: [right - radius, top] },
    { to: 'line', end: [left + radius, top] },
    { to: 'curve', control: [left, top], end: [left, top - radius] },
    { to: 'line', end: [left, bottom + radius] },
    { to: 'curve', control: [left, bottom], end: [left + radius, bottom] },
    { to: 'close' },
  ];
}

export function ellipse(centre: FlatPoint, radiusU: number, radiusV: number): Outline {
  const corners = Array.from({ length: 10 }, (_, i): FlatPoint => {
    const angle = (i / 10) * 2 * Math.PI;
    // The controls lie outside of the curve: 1.0515 = 1 / cos(pi/10) keeps the middles of the edges on the ellipse.
    return [centre[0] + 1.0515 * radiusU * Math.cos(angle), centre[1] + 1.0515 * radiusV * Math.sin(angle)];
  });
  return rounded(corners);
}

/** The right half's points followed by their mirror images: a symmetric outline about u = 0. */
export function mirrored(rightHalf: readonly FlatPoint[]): readonly FlatPoint[] {
  return [...rightHalf, ...rightHalf.map(([u, v]): FlatPoint => [-u, v]).reverse()];
}

/** The same outline with every point moved by `place`. */
export function placed(outline: Outline, place: (point: FlatPoint) => FlatPoint): Outline {
  return outline.map((segment): Segment => {
    if (segment.to === 'close') return segment;
    if (segment.to === 'curve') return { to: 'curve', control: place(segment.control), end: place(segment.end) };
    return { to: segment.to, end: place(segment.end) };
  });
}
