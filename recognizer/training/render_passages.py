"""Renders passages of given plates: several looks at each vehicle, near and far, whose faults belong together as a camera's do.

Reads lines `index<TAB>country<TAB>layout<TAB>band` (layout: the text with its separators; '*' a seal, '|' a second row may begin; band: `banded`
where the plate shows its country's letters in a band, `bare` where not) and writes, for each look, one JSON line and then width x height bytes of luminance: the plate with some of its surroundings, and in the line the corners at
which a detector finds it.
A passage depends on the seed and its index alone, so that an interrupted recording goes on where it stopped.
"""
import argparse
import json
import sys

import cv2
import numpy as np

from camera import MARGIN_X, MARGIN_Y, _corners, _optics, keeping, lighted, sensor, surround
from plate_render import PlateRenderer


# Training exaggerates: a camera above a lane is aimed and lit for plates, and few of its vehicles carry them in two rows.
HARSH_LIGHT = 0.5
TWO_ROWS = 0.3
# What a look shows around the rectifier's crop, as shares of that: whoever doubts an outline can see what lies beyond it.
AROUND_X, AROUND_Y = 0.14, 0.45


class Written(PlateRenderer):
    """Draws the plate that is asked for instead of one at random."""

    def __init__(self, seed):
        super().__init__(seed)
        self.wished = 0.0
        for settings in self.countries.values():
            settings['two'] *= TWO_ROWS
            # Who asks for a band asks for one with letters.
            settings['wide'] = 0

    def _tokens(self, pattern, settings):
        return list(pattern)


class OneCamera:
    """The random numbers of one look: what a camera keeps for a vehicle (blur, noise level, quality) comes out the same at every look, grain does not."""

    def __init__(self, lasting, passing):
        self.lasting, self.passing = np.random.default_rng(lasting), passing

    def random(self, *a): return self.lasting.random(*a)
    def uniform(self, *a): return self.lasting.uniform(*a)
    def normal(self, *a): return self.lasting.normal(*a)
    def integers(self, *a): return self.lasting.integers(*a)
    def standard_normal(self, *a, **k): return self.passing.standard_normal(*a, **k)


def looks(seed, index, renderer, country, layout, banded):
    """Yields (milliseconds, picture, corners of the plate in it) of one passage, far to near."""
    rng = np.random.default_rng([seed, index])
    renderer.rng = renderer.marks.rng = rng
    renderer.banded = banded
    plate = renderer.plate_of(country if country in renderer.countries else 'other', layout)
    picture, mx, my = surround(rng, plate.image, None)
    if rng.random() < HARSH_LIGHT:
        picture = lighted(rng, picture, plate, mx, my)
    h, w = plate.image.shape
    count = int(rng.integers(2, 6))
    nearest = float(np.clip(np.exp(rng.normal(np.log(28), 0.28)), 14, 64)) * (1.6 if plate.rows == 2 else 1)
    growth, step = rng.uniform(1.05, 1.3), int(rng.integers(33, 121))
    loose, steady = rng.random() < 0.2, _corners(rng, w, h, False)
    lasting = int(rng.integers(2 ** 31))
    for look in range(count):
        passing = np.random.default_rng([seed, index, look])
        height = max(10.0, nearest / growth ** (count - 1 - look))
        quad = keeping(0.4 * steady + 0.6 * _corners(passing, w, h, loose), plate.core) + (mx, my)
        camera = OneCamera(lasting if passing.random() < 0.8 else [lasting, look], passing)
        shown, crop_h = cut(picture, quad, height)
        shown = sensor(camera, _optics(camera, shown, crop_h))
        yield look * step, shown, found(shown.shape)


def cut(picture, quad, height_px):
    """The quadrilateral of the picture upright with its surroundings, at the size that the camera shows it; and the quadrilateral's height in pixels."""
    crop_h = int(np.clip(height_px * 1.16, 7, 110))
    aspect = np.linalg.norm(quad[1] - quad[0]) / max(1.0, np.linalg.norm(quad[3] - quad[0]))
    crop_w = int(np.clip(crop_h * np.clip(aspect, 0.8, 7), 8, 420))
    scale = min(1.0, 1.25 * crop_h / np.linalg.norm(quad[3] - quad[0]))
    if scale < 0.9:
        size = (max(2, int(picture.shape[1] * scale)), max(2, int(picture.shape[0] * scale)))
        quad = (quad + 0.5) * (size[0] / picture.shape[1], size[1] / picture.shape[0]) - 0.5
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    width, height = round(crop_w * (1 + 2 * AROUND_X)), round(crop_h * (1 + 2 * AROUND_Y))
    target = upright(width, height, AROUND_X / (1 + 2 * AROUND_X), AROUND_Y / (1 + 2 * AROUND_Y))
    shown = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(quad.astype(np.float32), target), (width, height),
                                flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return shown, crop_h


def found(shape):
    """The corners that a detector gives: the rectifier adds its margin to them, and comes to the crop's."""
    inset = [(around + margin / (1 + 2 * margin)) / (1 + 2 * around) for around, margin in ((AROUND_X, MARGIN_X), (AROUND_Y, MARGIN_Y))]
    return upright(shape[1], shape[0], *inset)


def upright(width, height, inset_x, inset_y):
    """A rectangle within a picture, inset by shares of its size; pixel centres at whole numbers."""
    x, y = width * inset_x - 0.5, height * inset_y - 0.5
    right, bottom = width - 1 - x, height - 1 - y
    return np.array([(x, y), (right, y), (right, bottom), (x, bottom)], np.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--seed', type=int, default=1)
    seed = parser.parse_args().seed
    cv2.setNumThreads(1)
    renderer = Written(seed)
    out = sys.stdout.buffer
    for line in sys.stdin:
        index, country, layout, band = line.rstrip('\n').split('\t')
        for ms, shown, corners in looks(seed, int(index), renderer, country, layout, band == 'banded'):
            head = {'index': int(index), 'ms': ms, 'width': shown.shape[1], 'height': shown.shape[0], 'corners': np.round(corners, 2).astype(float).tolist()}
            out.write(json.dumps(head).encode() + b'\n' + shown.tobytes())
        out.flush()


if __name__ == '__main__':
    main()
