"""One training crop of the detector with its plates, and the maps that the network is to give for it."""
from dataclasses import dataclass, field

import numpy as np

from detector_model import STRIDE

CROP_W, CROP_H = 320, 192
ROWS, COLUMNS = CROP_H // STRIDE, CROP_W // STRIDE
# Letterboxing fills with this grey, here as at run time.
PADDING = 128


@dataclass
class Sample:
    image: np.ndarray
    quads: list = field(default_factory=list)     # (4 x 2 float32 in px, weight of its corners)
    ignored: list = field(default_factory=list)   # x0, y0, x1, y1 in px
    photograph: bool = False                      # a photograph's labels are not complete


def targets(sample):
    """Heat [R,C] with 1 at centres, heat weight [R,C], corners [8,R,C] in cells, corner weight [R,C]."""
    heat, weight = np.zeros((ROWS, COLUMNS), np.float32), np.ones((ROWS, COLUMNS), np.float32)
    corners, corner_weight = np.zeros((8, ROWS, COLUMNS), np.float32), np.zeros((ROWS, COLUMNS), np.float32)
    ys, xs = np.mgrid[0:ROWS, 0:COLUMNS].astype(np.float32) + 0.5
    for x0, y0, x1, y1 in sample.ignored:
        c0, r0 = max(0, int(x0 // STRIDE)), max(0, int(y0 // STRIDE))
        weight[r0:int(max(0, y1) // STRIDE) + 1, c0:int(max(0, x1) // STRIDE) + 1] = 0
    for quad, trust in sample.quads:
        cells = quad / STRIDE
        centre, size = cells.mean(0), cells.max(0) - cells.min(0)
        column, row = min(COLUMNS - 1, int(centre[0])), min(ROWS - 1, int(centre[1]))
        spread = np.maximum(size * 0.13, 0.45)
        bump = np.exp(-((xs - column - 0.5) / spread[0]) ** 2 / 2 - ((ys - row - 0.5) / spread[1]) ** 2 / 2)
        here = bump > np.maximum(heat, 0.25)
        heat = np.maximum(heat, bump)
        weight[row, column] = 1
        for index, (x, y) in enumerate(cells):
            corners[2 * index][here] = (x - xs)[here]
            corners[2 * index + 1][here] = (y - ys)[here]
        # Errors count by the plate's size: a pixel is much for a small plate and little for a large one.
        corner_weight[here] = bump[here] * trust / np.sqrt(size.prod())
    return heat, weight, corners, corner_weight
