import { project } from './camera-view.ts';
import type { DemoLane } from './sequence.ts';

/** The two lanes as polygons in pixels, as the node's settings name them. */
export function demoLanes(): readonly {
  readonly name: DemoLane;
  readonly polygon: readonly (readonly [number, number])[];
}[] {
  return [
    { name: 'slow', polygon: lane(-3.9, -0.15) },
    { name: 'fast', polygon: lane(-0.15, 3.6) },
  ];
}

/** At the height where plates are, half a metre above the road. */
function lane(leftM: number, rightM: number): readonly (readonly [number, number])[] {
  const corners = [
    [leftM, 75],
    [rightM, 75],
    [rightM, 19],
    [leftM, 19],
  ] as const;
  return corners.map(([x, y]) => {
    const [u, v] = project([x, y, 0.5]);
    return [Math.round(Math.min(1280, Math.max(0, u))), Math.round(Math.min(720, Math.max(0, v)))];
  });
}
