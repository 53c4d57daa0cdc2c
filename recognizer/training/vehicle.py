"""Crude fronts and rears of cars, vans and lorries, drawn around a plate as polygons in the plate's own plane.

Units are plate widths, the plate's centre is the origin, y points down: the net must learn where plates sit, and that
lamps, grilles, badges and empty recesses are none.
"""
import cv2
import numpy as np


class Plane:
    """Draws polygons given in plane coordinates into a picture through a homography."""

    def __init__(self, image, homography):
        self.image, self.homography = image, homography

    def to_image(self, points):
        points = np.asarray(points, np.float32)
        ones = np.ones((len(points), 1), np.float32)
        mapped = np.hstack([points, ones]) @ self.homography.T
        # Points near or behind the horizon would fold over; they are far outside the crop either way.
        return mapped[:, :2] / np.maximum(mapped[:, 2:], 0.2)

    def polygon(self, points, shade):
        points = np.clip(self.to_image(points) * 16, -30000, 30000).astype(np.int32)
        cv2.fillPoly(self.image, [points], int(np.clip(shade, 0, 255)), cv2.LINE_AA, 4)

    def box(self, x0, y0, x1, y1, shade, corner=0.0):
        """A rectangle; `corner` cuts its corners off by so much."""
        c = min(corner, abs(x1 - x0) / 2, abs(y1 - y0) / 2)
        self.polygon([(x0 + c, y0), (x1 - c, y0), (x1, y0 + c), (x1, y1 - c), (x1 - c, y1), (x0 + c, y1),
                      (x0, y1 - c), (x0, y0 + c)], shade)

    def oval(self, x, y, rx, ry, shade):
        angles = np.linspace(0, 2 * np.pi, 20, endpoint=False)
        self.polygon(np.stack([x + rx * np.cos(angles), y + ry * np.sin(angles)], 1), shade)


def draw_vehicle(plane, rng, plate_height, night):
    """Draws a vehicle whose plate belongs at the origin; returns nothing: the plate itself is pasted by the caller."""
    dim = rng.uniform(0.1, 0.4) if night else 1.0
    body = rng.choice([rng.randint(10, 50), rng.randint(60, 200), rng.randint(200, 250)]) * dim
    half = rng.uniform(1.55, 1.9)
    ground = rng.uniform(0.5, 1.7)
    top = -rng.uniform(1.2, 2.4)
    shift = rng.choice([0, 0, 0, rng.uniform(-1, 1)])
    x0, x1 = shift - half, shift + half
    plane.box(x0 * 0.95, ground - 0.15, x1 * 0.95, ground + 0.15, 15 * dim)
    for side in (x0, x1):
        inner = side + (0.4 if side < shift else -0.4)
        plane.box(min(side, inner), ground - 0.6, max(side, inner), ground + 0.2, rng.randint(5, 45) * dim, 0.1)
    roof = rng.uniform(0.6, 0.95)
    plane.polygon([(shift - half * roof, top - rng.uniform(0.7, 1.2)), (shift + half * roof, top - 0.9), (x1, top * 0.5),
                   (x1, ground - 0.2), (x0, ground - 0.2), (x0, top * 0.5)], body)
    glass = rng.choice([rng.randint(5, 60), rng.randint(60, 200)]) * dim
    plane.polygon([(shift - half * roof * 0.9, top - 0.6), (shift + half * roof * 0.9, top - 0.6),
                   (x1 * 0.88, top * 0.62), (x0 * 0.88, top * 0.62)], glass)
    if rng.random() < 0.6:
        shade = rng.choice([body * 0.6, body * 1.2 + 8, rng.randint(10, 60) * dim])
        edge = rng.uniform(-0.5, -plate_height * 0.6) if rng.random() < 0.5 else rng.uniform(0.2, 0.6)
        plane.box(x0, edge, x1, ground - rng.uniform(0.1, 0.3), shade, 0.1)
    draw_grille(plane, rng, shift, half, dim)
    draw_lamps(plane, rng, shift, half, top, night)
    if rng.random() < 0.6:
        x = shift + rng.choice([0, 0, rng.uniform(-0.5, 0.5)])
        y = rng.uniform(-1.1, -0.35)
        plane.oval(x, y, rng.uniform(0.1, 0.22), rng.uniform(0.08, 0.2), rng.choice([230, 160, 40]) * max(dim, 0.3))
        plane.oval(x, y, 0.07, 0.06, body)
    for _ in range(rng.randint(0, 3)):
        draw_badge(plane, rng, shift, half, dim)
    if rng.random() < 0.6:
        recess, shade = rng.uniform(0.02, 0.35), rng.choice([body * 0.5, body * 0.8, 20 * dim, 35 * dim, body * 1.15 + 10])
        plane.box(-0.5 - recess, -plate_height / 2 - recess * 0.5, 0.5 + recess, plate_height / 2 + recess * 0.4, shade, 0.06)
        if rng.random() < 0.5:
            # The edge above throws a shadow, the edge below catches light.
            plane.box(-0.5 - recess, -plate_height / 2 - recess * 0.5, 0.5 + recess, -plate_height / 2 - recess * 0.2, shade * 0.4)
            plane.box(-0.5 - recess, plate_height / 2 + recess * 0.2, 0.5 + recess, plate_height / 2 + recess * 0.4, shade * 0.7 + 70 * dim)


def draw_grille(plane, rng, shift, half, dim):
    if rng.random() < 0.45:
        return
    width, y0 = half * rng.uniform(0.3, 0.95), rng.uniform(-0.9, 0.3)
    y1 = y0 + rng.uniform(0.15, 0.7)
    back, bar = rng.choice([(15, 90), (25, 200), (40, 120), (120, 30)])
    plane.box(shift - width, y0, shift + width, y1, back * dim, 0.06)
    count = rng.randint(2, 9)
    for index in range(count):
        if rng.random() < 0.7:
            y = y0 + (index + 0.5) * (y1 - y0) / count
            plane.box(shift - width * 0.97, y, shift + width * 0.97, y + 0.3 * (y1 - y0) / count, bar * dim)
        else:
            x = shift - width + (index + 0.5) * 2 * width / count
            plane.box(x, y0, x + 0.5 * width / count, y1, bar * dim)


def draw_lamps(plane, rng, shift, half, top, night):
    y, rx, ry = rng.uniform(top * 0.6, -0.1), rng.uniform(0.15, 0.5), rng.uniform(0.1, 0.4)
    shade = rng.choice([255, 230, 60]) if night else rng.choice([230, 180, 90, 60, 255])
    for sign in (-1, 1):
        x = shift + sign * (half - rx * 0.9)
        if rng.random() < 0.5:
            plane.oval(x, y, rx, ry, shade)
        else:
            plane.box(x - rx, y - ry, x + rx, y + ry, shade, 0.1)
        if rng.random() < 0.6:
            plane.oval(x - sign * rx * 0.2, y, rx * 0.4, ry * 0.5, rng.choice([255, 120, 30]))


def draw_badge(plane, rng, shift, half, dim):
    """A row of small marks, as a maker's or model's name looks from afar."""
    x, y = shift + rng.uniform(-half, half * 0.6), rng.uniform(-1.2, 0.5)
    size, shade = rng.uniform(0.04, 0.12), rng.choice([235, 200, 30]) * max(dim, 0.3)
    if abs(y) < 0.3 and abs(x) < 0.9:
        return
    for index in range(rng.randint(2, 8)):
        left = x + index * size * 0.9
        plane.box(left, y, left + size * rng.uniform(0.2, 0.7), y + size, shade)
