"""Training crops of the detector: rendered plates on clutter, motorway and road photographs, then a crude camera.

A sample is a uint8 crop with its plates as quadrilaterals (clockwise from the plate's own top left). Real boxes are
axis-aligned and a little loose, so their corners weigh less. All pools are made once; a crop takes a few milliseconds.
"""
import random

import cv2
import numpy as np

from clutter import pools
from detector_photographs import Photographs
from detector_sample import CROP_H, CROP_W, PADDING, Sample
from plate_render import PlateRenderer
from vehicle import Plane, draw_vehicle

REAL_CORNER_WEIGHT = 0.3
# A plate narrower or flatter than this at the net's input cannot be read; whether it is found is not judged.
LEAST_WIDTH, LEAST_HEIGHT = 18, 5
NARROWEST, WIDEST = 24, 300
# One plate in so many is light on dark, as old French and Italian ones are: rare on roads, but easily overlooked.
LIGHT_ON_DARK = 14
# A rendered plate with less contrast than this after the camera (deviation of its smoothed pixels) is not judged either.
LEAST_CONTRAST = 7.0


class Composer:
    """Makes samples; the same seed makes the same samples."""

    def __init__(self, data, fonts, seed, side='train', plates=3000, patches=2500, backgrounds=300):
        renderer = PlateRenderer(seed)
        self.plates = [renderer.plate().image for _ in range(plates)]
        for index in range(0, plates, LIGHT_ON_DARK):
            self.plates[index] = 255 - self.plates[index]
        self.patches, self.backgrounds = pools(fonts, seed, patches, backgrounds)
        self.photographs = Photographs(data, side)
        self.reseed(seed)

    def reseed(self, seed):
        self.rng, self.numbers = random.Random(seed), np.random.default_rng(seed)

    def sample(self):
        rng = self.rng
        kind = rng.random()
        if kind < 0.3:
            sample = self._photograph(rng.choice(self.photographs.frames))
        elif kind < 0.42 and self.photographs.motorway:
            sample = self._photograph(rng.choice(self.photographs.motorway))
        else:
            sample = self._clutter()
        night = rng.random() < 0.25
        if night and not sample.quads:
            sample.image = cv2.convertScaleAbs(sample.image, alpha=rng.uniform(0.05, 0.5))
        for _ in range(rng.choice([0, 0, 1, 1, 2, 3, 5])):
            self._paste_patch(sample)
        if not sample.quads and not sample.ignored and rng.random() < 0.08:
            self._bare_vehicle(sample, night)
        for _ in range(rng.choices([0, 1, 2, 3], [2, 6, 3, 1])[0] if not sample.quads else rng.choice([0, 0, 0, 1])):
            self._paste_plate(sample, night)
        self._camera(sample, night)
        self._forgive(sample)
        return sample

    @staticmethod
    def _forgive(sample):
        """Plates that darkness, glare or noise has wiped out would only teach the net to guess."""
        smooth = cv2.blur(sample.image, (3, 3))
        for index in reversed(range(len(sample.quads))):
            quad, weight = sample.quads[index]
            centre = quad.mean(0)
            # The middle alone: the surroundings of a dark plate may be bright.
            low, high = ((quad[k] * 0.8 + centre * 0.2) for k in (0, 2))
            (x0, y0), (x1, y1) = np.minimum(low, high).clip(0).astype(int), np.maximum(low, high).clip(0).astype(int) + 1
            if weight == 1.0 and smooth[y0:y1, x0:x1].std() < LEAST_CONTRAST:
                del sample.quads[index]
                sample.ignored.append((*(quad.min(0) - 2), *(quad.max(0) + 2)))

    def _photograph(self, frame):
        """A crop of a photograph, scaled and a little turned, with its labelled plates."""
        rng, (levels, boxes) = self.rng, frame
        height, width = levels[0].shape
        good = [box for box, bad in boxes if not bad]
        # Larger, and the motorway's distant plates, which nobody labelled, would come into view.
        scale = np.exp(rng.uniform(np.log(0.3), np.log(0.8)))
        at = (rng.uniform(0, width), rng.uniform(0, height))
        if good and rng.random() < 0.8:
            x, y, w, h = rng.choice(good)
            scale = np.clip(np.exp(rng.uniform(np.log(NARROWEST), np.log(200))) / w, 0.25, 1.8)
            at = (x + w / 2 + rng.uniform(-130, 130) / scale, y + h / 2 + rng.uniform(-75, 75) / scale)
        half = (CROP_W / 2 / scale, CROP_H / 2 / scale)
        at = [np.clip(c, s, e - s) if 2 * s < e else e / 2 for c, s, e in zip(at, half, (width, height))]
        turn = rng.uniform(-8, 8) if rng.random() < 0.3 else 0.0
        matrix = cv2.getRotationMatrix2D(tuple(at), turn, scale)
        matrix[:, 2] += np.array([CROP_W / 2, CROP_H / 2]) - at
        if not boxes and rng.random() < 0.5:
            matrix = np.array([[-1.0, 0, CROP_W], [0, 1, 0]]) @ np.vstack([matrix, [0, 0, 1]])
        level = int(np.clip(np.floor(np.log2(1 / scale)), 0, 3))
        from_level = matrix @ np.diag([2.0 ** level, 2.0 ** level, 1.0])
        image = cv2.warpAffine(levels[level], from_level, (CROP_W, CROP_H), flags=cv2.INTER_LINEAR, borderValue=PADDING)
        sample = Sample(image, photograph=bool(boxes))
        for (x, y, w, h), bad in boxes:
            corners = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float32)
            quad = (corners @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
            self._judge(sample, quad, REAL_CORNER_WEIGHT, bad)
        return sample

    def _clutter(self):
        """A procedural background, sometimes framed by letterboxing as a picture of other proportions would be."""
        rng = self.rng
        source = rng.choice(self.backgrounds)
        h, w = source.shape
        zoom = rng.uniform(0.6, 2.2)
        cw, ch = min(w, int(CROP_W / zoom)), min(h, int(CROP_H / zoom))
        x, y = rng.randint(0, w - cw), rng.randint(0, h - ch)
        image = cv2.resize(source[y:y + ch, x:x + cw], (CROP_W, CROP_H), interpolation=cv2.INTER_LINEAR)
        if rng.random() < 0.3:
            other = rng.choice(self.backgrounds)[:CROP_H, :CROP_W]
            edge = rng.randint(20, CROP_H - 20)
            image[edge:] = other[edge:]
        if rng.random() < 0.5:
            image = image[:, ::-1].copy()
        return Sample(cv2.convertScaleAbs(image, alpha=rng.uniform(0.3, 1.1), beta=rng.uniform(-10, 40)))

    def _judge(self, sample, quad, weight, bad=False):
        """Files a plate as to be found, or as ignored where it is unreadable, too small or cut by the edge."""
        low, high = quad.min(0), quad.max(0)
        centre = quad.mean(0)
        if (high < 0).any() or (low > (CROP_W, CROP_H)).any():
            return
        width = np.linalg.norm(quad[1] - quad[0])
        height = np.linalg.norm(quad[3] - quad[0])
        inside = np.clip(high, 0, (CROP_W, CROP_H)) - np.clip(low, 0, (CROP_W, CROP_H))
        cut = inside.prod() < 0.8 * (high - low).prod() or not (0 <= centre[0] < CROP_W and 0 <= centre[1] < CROP_H)
        if bad or cut or width < LEAST_WIDTH or height < LEAST_HEIGHT:
            sample.ignored.append((*(low - 2), *(high + 2)))
        else:
            sample.quads.append((quad, weight))

    def _pose(self, aspect, width, tilt):
        """Homography from plate widths around the plate's centre to the picture, for a plate `width` px wide."""
        rng = self.rng
        turn = np.deg2rad(tilt)
        squeeze = rng.uniform(0.4, 1.0) if rng.random() < 0.35 else rng.uniform(0.9, 1.0)
        shear = rng.gauss(0, 0.15) if rng.random() < 0.6 else 0.0
        flatten = rng.uniform(0.7, 1.1)
        vanishing = 0.03
        if rng.random() < 0.32:
            # Seen from the kerb: much narrowed and slanting, as on a vehicle that stands half sideways.
            squeeze, shear, vanishing = rng.uniform(0.28, 0.8), rng.choice([-1, 1]) * rng.uniform(0.1, 0.75), 0.12
        cos, sin = np.cos(turn), np.sin(turn)
        linear = np.array([[cos, -sin], [sin, cos]]) @ np.array([[1.0, 0.0], [shear, 1.0]]) @ np.diag([1.0, flatten / squeeze])
        linear = linear * width
        reach = np.abs(linear) @ np.array([0.5, 0.5 * aspect])
        at = [rng.uniform(min(r * 0.9, e / 2), max(e - r * 0.9, e / 2)) for r, e in zip(reach, (CROP_W, CROP_H))]
        homography = np.eye(3)
        homography[:2, :2], homography[:2, 2] = linear, at
        homography[2, :2] = rng.gauss(0, vanishing), rng.gauss(0, 0.03)
        homography[:2] += np.outer(at, homography[2]) - np.outer(at, [0, 0, 1])
        return homography

    def _tilt(self):
        kind = self.rng.random()
        return self.rng.gauss(0, 4) if kind < 0.75 else self.rng.uniform(-32, 32)

    def _bare_vehicle(self, sample, night):
        """A vehicle whose plate is missing, or only its empty place is there."""
        homography = self._pose(0.22, np.exp(self.rng.uniform(np.log(NARROWEST), np.log(140))), self._tilt())
        plane = Plane(sample.image, homography)
        draw_vehicle(plane, self.rng, 0.22, night)
        if self.rng.random() < 0.4:
            plane.box(-0.5, -0.11, 0.5, 0.11, self.rng.randint(0, 255), 0.01)
        self._grain(sample.image)

    def _paste_plate(self, sample, night):
        rng = self.rng
        plate = rng.choice(self.plates)
        aspect = plate.shape[0] / plate.shape[1]
        widest = min(WIDEST, 150 / aspect)
        narrowest = NARROWEST if aspect < 0.45 else NARROWEST * 0.75
        width = np.exp(rng.uniform(np.log(narrowest), np.log(widest)))
        if rng.random() < 0.25:
            width = rng.uniform(width, widest)
        homography = self._pose(aspect, width, self._tilt())
        quad = transformed(homography, [(-.5, -aspect / 2), (.5, -aspect / 2), (.5, aspect / 2), (-.5, aspect / 2)])
        if any(overlap(quad, other) for other, _ in sample.quads) or any(overlap(quad, box) for box in boxes_of(sample)):
            return
        plane = Plane(sample.image, homography)
        if rng.random() < 0.55 and not sample.quads:
            draw_vehicle(plane, rng, aspect, night)
            self._grain(sample.image)
            # What the vehicle covers is gone, plates that were to be ignored included.
            sample.ignored.clear()
        if rng.random() < 0.45:
            self._holder(plane, aspect, homography)
        self._blend(sample.image, self._lit(plate, night), None, homography)
        self._judge(sample, quad, 1.0)

    def _holder(self, plane, aspect, homography):
        """The frame a dealer gives away: a rim, broader below, with lettering there."""
        rng, edge = self.rng, self.rng.uniform(0.01, 0.04)
        below = rng.choice([edge, edge + rng.uniform(0.02, 0.07)])
        shade = rng.choice([10, 25, 45, 200, 120])
        plane.box(-0.5 - edge, -aspect / 2 - edge, 0.5 + edge, aspect / 2 + below, shade, 0.02)
        if below > edge:
            ink = 220 if shade < 128 else 30
            for x in np.linspace(-0.3, 0.3, rng.randint(4, 14)):
                plane.box(x, aspect / 2 + 0.2 * below, x + 0.02, aspect / 2 + 0.8 * below, ink)

    def _lit(self, plate, night):
        """The plate under its own light: retro-reflecting at night, washed out, dim, half in shadow."""
        rng, kind = self.rng, self.rng.random()
        if kind < 0.12:
            plate = cv2.convertScaleAbs(plate, alpha=rng.uniform(0.15, 0.6), beta=rng.uniform(60, 160))
        elif kind < 0.24:
            plate = cv2.convertScaleAbs(plate, alpha=rng.uniform(1.1, 2.2), beta=rng.uniform(0, 60))
        elif kind < 0.45:
            plate = cv2.convertScaleAbs(plate, alpha=rng.uniform(0.3, 0.9))
        elif night and kind < 0.6:
            plate = cv2.convertScaleAbs(plate, alpha=rng.uniform(0.1, 0.4))
        if rng.random() < 0.2:
            plate = plate.copy()
            h, w = plate.shape
            edge = [(0, 0), (rng.uniform(0, w), 0), (rng.uniform(0, w), h), (0, h)]
            mask = np.zeros_like(plate)
            cv2.fillPoly(mask, [np.array(edge, np.int32)], 255)
            shaded = cv2.convertScaleAbs(plate, alpha=rng.uniform(0.2, 0.8))
            plate = np.where(mask > 0, shaded, plate)
        return plate

    def _paste_patch(self, sample):
        rng = self.rng
        image, mask = rng.choice(self.patches)
        aspect = image.shape[0] / image.shape[1]
        width = np.exp(rng.uniform(np.log(16), np.log(min(300, 180 / aspect))))
        homography = self._pose(aspect, width, self._tilt())
        quad = transformed(homography, [(-.5, -aspect / 2), (.5, -aspect / 2), (.5, aspect / 2), (-.5, aspect / 2)])
        if any(overlap(quad, other) for other, _ in sample.quads):
            return
        if rng.random() < 0.3:
            image = cv2.convertScaleAbs(image, alpha=rng.uniform(0.3, 1.2), beta=rng.uniform(0, 60))
        self._blend(sample.image, image, mask, homography)

    def _blend(self, target, image, mask, homography):
        """Warps a flat picture one unit wide into the target, shrinking it first so that nothing aliases."""
        aspect = image.shape[0] / image.shape[1]
        corners = [(-.5, -aspect / 2), (.5, -aspect / 2), (.5, aspect / 2), (-.5, aspect / 2)]
        quad = transformed(homography, corners)
        mask = np.full(image.shape, 255, np.uint8) if mask is None else mask
        wanted = max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3]))
        # One pixel a pixel, or twice that: cameras differ in how sharp they are.
        shrink = wanted * self.rng.choice([1.0, 1.5]) / image.shape[1]
        if shrink < 1:
            size = (max(3, round(image.shape[1] * shrink)), max(3, round(image.shape[0] * shrink)))
            image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
            mask = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
        h, w = image.shape
        low = np.maximum(np.floor(quad.min(0)).astype(int) - 1, 0)
        high = np.minimum(np.ceil(quad.max(0)).astype(int) + 2, (CROP_W, CROP_H))
        if (high - low < 2).any():
            return
        flat = np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float32) - 0.5
        matrix = cv2.getPerspectiveTransform(flat, (quad - low - 0.5).astype(np.float32))
        size = tuple(int(v) for v in high - low)
        alpha = cv2.warpPerspective(mask, matrix, size).astype(np.float32) / 255
        warped = cv2.warpPerspective(image, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        place = target[low[1]:high[1], low[0]:high[0]]
        place[:] = (place + alpha * (warped.astype(np.float32) - place)).astype(np.uint8)

    def _grain(self, image):
        """Uneven light and texture over drawn surfaces, which are too flat otherwise."""
        rng = self.rng
        grid = self.numbers.standard_normal((rng.randint(2, 8), rng.randint(2, 12)), dtype=np.float32)
        light = cv2.resize(1 + grid * rng.uniform(0.03, 0.3), (CROP_W, CROP_H), interpolation=cv2.INTER_CUBIC)
        image[:] = np.clip(image * light, 0, 255).astype(np.uint8)

    def _camera(self, sample, night):
        """Bloom, exposure, defocus, motion, noise, JPEG and letterbox padding, each now and then."""
        rng, image = self.rng, sample.image
        if rng.random() < (0.5 if night else 0.08):
            glare = cv2.threshold(image, rng.randint(170, 230), 255, cv2.THRESH_TOZERO)[1]
            small = cv2.GaussianBlur(cv2.resize(glare, (80, 48), interpolation=cv2.INTER_AREA), (0, 0), rng.uniform(1, 5))
            image = cv2.add(image, cv2.convertScaleAbs(cv2.resize(small, (CROP_W, CROP_H)), alpha=rng.uniform(0.2, 0.9)))
        if rng.random() < 0.6:
            ramp = np.linspace(0, 255, 256) * rng.uniform(0.5, 1.3) + rng.uniform(-30, 40)
            table = 255 * (np.clip(ramp, 0, 255) / 255) ** np.exp(rng.uniform(-0.6, 0.6))
            image = cv2.LUT(image, table.astype(np.uint8))
        blur = rng.random()
        if blur < 0.35:
            image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 1.2))
        elif blur < 0.43:
            length = rng.randint(2, 6)
            kernel = np.zeros((7, 7), np.float32)
            angle = rng.uniform(0, np.pi)
            end = np.array([np.cos(angle), np.sin(angle)]) * length / 2
            cv2.line(kernel, tuple(np.round(3 - end).astype(int).tolist()), tuple(np.round(3 + end).astype(int).tolist()), 1.0)
            image = cv2.filter2D(image, -1, kernel / kernel.sum())
        elif blur < 0.5:
            image = cv2.addWeighted(image, 1.7, cv2.GaussianBlur(image, (0, 0), 1.0), -0.7, 0)
        if rng.random() < 0.55:
            grain = self.numbers.standard_normal(image.shape, dtype=np.float32) * rng.uniform(1, 14)
            if rng.random() < 0.3:
                grain = cv2.GaussianBlur(grain, (0, 0), 0.8) * 1.5
            image = np.clip(image + grain, 0, 255).astype(np.uint8)
        if rng.random() < 0.3:
            packed = cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(25, 90)])[1]
            image = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
        if rng.random() < 0.12:
            image = self._letterbox(sample, image)
        sample.image = image

    def _letterbox(self, sample, image):
        """Cuts the right or the lower side away as padding does; plates there are gone or ignored."""
        rng, image = self.rng, image.copy()
        x, y = (rng.randint(120, CROP_W), CROP_H) if rng.random() < 0.5 else (CROP_W, rng.randint(80, CROP_H))
        if any((quad.max(0) > (x, y)).any() for quad, _ in sample.quads):
            return image
        image[:, x:] = PADDING
        image[y:] = PADDING
        return image


def transformed(homography, points):
    points = np.hstack([np.asarray(points, np.float64), np.ones((len(points), 1))]) @ homography.T
    return (points[:, :2] / points[:, 2:]).astype(np.float32)


def overlap(first, second):
    """Whether the bounding boxes of two quadrilaterals, grown by a margin, touch."""
    return bool((first.min(0) - 6 < second.max(0)).all() and (second.min(0) - 6 < first.max(0)).all())


def boxes_of(sample):
    return [np.array(box, np.float32).reshape(2, 2) for box in sample.ignored]
