import { FRAME_HEIGHT_PX, FRAME_WIDTH_PX, project, type RoadPoint } from './camera-view.ts';
import type { FlatPoint, Outline } from './outline.ts';
import { type Colour, type Light, lit, type Scene } from './paint.ts';

/** A colour, or a run of colours along a line between two points of the vehicle. */
export type Fill =
  | Colour
  | { readonly from: RoadPoint; readonly to: RoadPoint; readonly stops: readonly (readonly [at: number, Colour])[] };

export interface Brush {
  readonly light?: Light;
  readonly opacity?: number;
}

/** Which point of the vehicle a point of a flat outline is: a curved bumper, a sloping windscreen. */
export type Surface = (point: FlatPoint) => RoadPoint;

/** Rows and columns of the picture that a drawing covers. */
export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/**
 * Collects the surfaces of one vehicle as SVG, from the farthest to the nearest: what is drawn later hides what was
 * drawn before. Coordinates are the vehicle's own: x to the right of the picture from its middle, y from its nose away
 * from the camera, z from the road.
 */
export class VehicleDrawing {
  readonly scene: Scene;
  readonly #nose: RoadPoint;
  readonly #elements: string[] = [];
  readonly #gradients: string[] = [];
  #left = Number.POSITIVE_INFINITY;
  #top = Number.POSITIVE_INFINITY;
  #right = Number.NEGATIVE_INFINITY;
  #bottom = Number.NEGATIVE_INFINITY;

  constructor(scene: Scene, nose: RoadPoint) {
    this.scene = scene;
    this.#nose = nose;
  }

  /** Where a point of the vehicle is in the picture. */
  pixel([x, y, z]: RoadPoint): readonly [u: number, v: number] {
    return project([this.#nose[0] + x, this.#nose[1] + y, this.#nose[2] + z]);
  }

  face(points: readonly RoadPoint[], fill: Fill, brush: Brush = {}): void {
    const pixels = points.map((point) => this.pixel(point));
    this.#add(
      `M${pixels.map(([u, v]) => `${u.toFixed(1)} ${v.toFixed(1)}`).join('L')}Z`,
      pixels,
      this.#paint(fill, brush),
    );
  }

  shape(outline: Outline, surface: Surface, fill: Fill | string, brush: Brush = {}): void {
    const pixels: (readonly [number, number])[] = [];
    const text = (point: FlatPoint): string => {
      const pixel = this.pixel(surface(point));
      pixels.push(pixel);
      return `${pixel[0].toFixed(2)} ${pixel[1].toFixed(2)}`;
    };
    let path = '';
    for (const segment of outline) {
      if (segment.to === 'close') path += 'Z';
      else if (segment.to === 'curve') path += `Q${text(segment.control)} ${text(segment.end)}`;
      else path += `${segment.to === 'move' ? 'M' : 'L'}${text(segment.end)}`;
    }
    this.#add(path, pixels, typeof fill === 'string' ? `fill="${fill}"` : this.#paint(fill, brush));
  }

  /** The drawing cut to what the picture shows of it, or null when that is nothing. */
  svg(): { readonly svg: string; readonly box: PixelBox } | null {
    const left = Math.max(0, Math.floor(this.#left) - 1);
    const top = Math.max(0, Math.floor(this.#top) - 1);
    const widthPx = Math.min(FRAME_WIDTH_PX, Math.ceil(this.#right) + 1) - left;
    const heightPx = Math.min(FRAME_HEIGHT_PX, Math.ceil(this.#bottom) + 1) - top;
    if (!(widthPx > 0 && heightPx > 0)) return null;
    const view = `width="${widthPx}" height="${heightPx}" viewBox="${left} ${top} ${widthPx} ${heightPx}"`;
    const defs = `<defs>${this.#gradients.join('')}</defs>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${view}>${defs}${this.#elements.join('')}</svg>`;
    return { svg, box: { left, top, widthPx, heightPx } };
  }

  #paint(fill: Fill, { light = 'body', opacity = 1 }: Brush): string {
    const fading = opacity === 1 ? '' : ` fill-opacity="${opacity}"`;
    if (!('stops' in fill)) return `fill="${lit(fill, this.scene, light)}"${fading}`;
    const [fromU, fromV] = this.pixel(fill.from);
    const [toU, toV] = this.pixel(fill.to);
    const id = `g${this.#gradients.length}`;
    const line = `x1="${fromU.toFixed(1)}" y1="${fromV.toFixed(1)}" x2="${toU.toFixed(1)}" y2="${toV.toFixed(1)}"`;
    const stops = fill.stops.map(
      ([at, colour]) => `<stop offset="${at}" stop-color="${lit(colour, this.scene, light)}"/>`,
    );
    this.#gradients.push(
      `<linearGradient id="${id}" gradientUnits="userSpaceOnUse" ${line}>${stops.join('')}</linearGradient>`,
    );
    return `fill="url(#${id})"${fading}`;
  }

  #add(path: string, pixels: readonly (readonly [number, number])[], paint: string): void {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const [u, v] of pixels) {
      left = Math.min(left, u);
      right = Math.max(right, u);
      top = Math.min(top, v);
      bottom = Math.max(bottom, v);
    }
    if (right < 0 || bottom < 0 || left > FRAME_WIDTH_PX || top > FRAME_HEIGHT_PX) return;
    this.#elements.push(`<path d="${path}" ${paint}/>`);
    this.#left = Math.min(this.#left, left);
    this.#right = Math.max(this.#right, right);
    this.#top = Math.min(this.#top, top);
    this.#bottom = Math.max(this.#bottom, bottom);
  }
}
