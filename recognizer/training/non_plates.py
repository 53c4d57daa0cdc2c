"""What the reader must not take for a plate: lettering, the detector's clutter, cut and tiny plates, windows of frames."""
import glob
import os
import random

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

import clutter
from camera import reader_input, sensor
from plate_fonts import HERE


def word_patches(rng, count):
    """Lettering that is no plate: brands, slogans, telephone numbers, scales of charts, signs, labels in boxes; in many faces and cases."""
    files = sorted(glob.glob(os.path.join(HERE, 'fonts', 'node_modules', '@fontsource', '*', 'files', '*-latin-[4567]00-normal.woff')))
    return [_word_patch(rng, files[rng.integers(len(files))]) for _ in range(count)]


def _word_patch(rng, file):
    font = ImageFont.truetype(file, 40)
    lines = [_wording(rng) for _ in range(1 if rng.random() < 0.8 else 2)]
    tone, ground = rng.uniform(0, 255), rng.uniform(0, 255)
    if abs(tone - ground) < 50:
        tone = (ground + 128) % 256
    boxes = [font.getbbox(line) for line in lines]
    margin = rng.integers(2, 14)
    width, height = max(b[2] for b in boxes) + 2 * margin, sum(b[3] for b in boxes) + 2 * margin
    picture = Image.new('L', (int(width), int(height)), int(ground))
    draw, y = ImageDraw.Draw(picture), margin
    for line, box in zip(lines, boxes):
        draw.text(((width - box[2]) * rng.uniform(0.2, 0.8) if len(lines) > 1 else margin, y), line, fill=int(tone), font=font)
        y += box[3]
    patch = np.asarray(picture).copy()
    if rng.random() < 0.25:
        # A label within a box, on something else.
        patch = cv2.copyMakeBorder(patch, *(int(k) for k in rng.integers(1, 14, 4)), cv2.BORDER_CONSTANT, value=float(rng.uniform(0, 255)))
    if rng.random() < 0.3:
        slant = rng.uniform(-0.35, 0.1)
        h, w = patch.shape
        patch = cv2.warpAffine(patch, np.float32([[1, slant, max(0.0, -slant * h)], [0, 1, 0]]), (int(w + abs(slant) * h), h), borderMode=cv2.BORDER_REPLICATE)
    return patch


def _wording(rng):
    vowels, consonants = 'aeiou', 'bcdfghklmnprstvwz'
    word = ''.join((consonants if i % 2 == 0 else vowels)[rng.integers(17 if i % 2 == 0 else 5)] for i in range(rng.integers(2, 12)))
    kind, number = rng.random(), rng.integers(1, 200)
    if kind < 0.15: return word
    if kind < 0.35: return word.capitalize()
    if kind < 0.5: return word.upper()
    if kind < 0.55: return f'www.{word}.eu'
    if kind < 0.6: return f'{word} {word[::-1]}'
    if kind < 0.66: return f'0{rng.integers(100, 999)}/{rng.integers(100, 999)}.{rng.integers(10, 99)}'
    if kind < 0.74: return ' '.join(str(number + i) for i in range(rng.integers(3, 9)))
    if kind < 0.82: return f'{number}{rng.choice(["", "", "°", "%", " km", " m", ".0", ",5"])}'
    if kind < 0.88: return ' '.join(rng.choice(list('NSEW')) + rng.choice(['', 'E', 'W']) for _ in range(rng.integers(1, 4)))
    if kind < 0.94: return f'{word[:4].capitalize()} {number}'
    return f'({rng.choice(["c", "C", "R"])}) {word.capitalize()} {rng.integers(1990, 2027)}'


def clutter_patches(rng, count):
    """What the detector is shown as no plate (clutter.patch), on a ground of its own and cut to about a plate's shape; a third of them several in a row."""
    fonts = os.path.join(HERE, 'fonts')
    chance = random.Random(int(rng.integers(1 << 30)))
    lettering, grounds = clutter.Lettering(fonts, chance), [clutter.background(chance, rng) for _ in range(40)]
    return [_plate_shaped(rng, _row_of(rng, *clutter.patch(lettering, chance), grounds[rng.integers(len(grounds))])) for _ in range(count)]


def _row_of(rng, image, mask, ground):
    """The patch once, or several times beside each other as lamps, rings, windows and bars are, on a window of the ground."""
    height, width = image.shape
    times = 1 if rng.random() < 0.67 else int(rng.integers(2, 6))
    pitch = max(4, int(width * rng.uniform(0.85, 1.4)))
    edge = rng.integers(0, max(2, height // 4), 4)
    size = (edge[0] + height + edge[1], edge[2] + pitch * (times - 1) + width + edge[3])
    k = max(1.0, size[0] / ground.shape[0], size[1] / ground.shape[1])
    if k > 1:
        ground = cv2.resize(ground, None, fx=k + 0.01, fy=k + 0.01, interpolation=cv2.INTER_LINEAR)
    y, x = int(rng.integers(ground.shape[0] - size[0] + 1)), int(rng.integers(ground.shape[1] - size[1] + 1))
    scene = ground[y:y + size[0], x:x + size[1]].astype(np.float32)
    cover = 1.0 if mask is None else mask.astype(np.float32) / 255
    for i in range(times):
        place = scene[edge[0]:edge[0] + height, edge[2] + i * pitch:edge[2] + i * pitch + width]
        place += (image - place) * cover
    return scene


def _plate_shaped(rng, scene):
    """A part of it that is no taller than a plate of two rows and no longer than the longest of one."""
    height, width = scene.shape
    aspect = width / height
    if aspect < 1.1:
        height = max(4, int(width / rng.uniform(1.1, 3)))
    elif aspect > 6:
        width = int(height * rng.uniform(3, 6))
    y, x = int(rng.integers(scene.shape[0] - height + 1)), int(rng.integers(scene.shape[1] - width + 1))
    part = scene[y:y + height, x:x + width]
    k = min(1.0, 64 / height)
    return cv2.resize(part, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)


class NonPlates:
    """Crops the detector may hand over that no reader should read: windows of frames, lettering, clutter, cut plates, plates too small."""

    def __init__(self, rng, frames, renderer):
        self.frames, self.renderer = frames, renderer
        self.words, self.clutter = word_patches(rng, 1500), clutter_patches(rng, 1500)

    def crop(self, rng):
        """One of them, as the reader takes its input."""
        kind = rng.random()
        if kind < 0.34 and self.frames:
            crop = self._window(rng)
        elif kind < 0.58:
            crop = _smaller(rng, self.words[rng.integers(len(self.words))])
        elif kind < 0.8:
            crop = _smaller(rng, self.clutter[rng.integers(len(self.clutter))])
        elif kind < 0.93:
            plate = self.renderer.plate().image
            w = plate.shape[1]
            cut = plate[:, :int(w * rng.uniform(0.15, 0.45))] if rng.random() < 0.5 else plate[:, int(w * rng.uniform(0.55, 0.85)):]
            crop = cv2.copyMakeBorder(cut, 6, 6, *((90, 0) if rng.random() < 0.5 else (0, 90)), cv2.BORDER_REPLICATE)
        elif kind < 0.97:
            plate = self.renderer.plate().image
            k = rng.uniform(3, 5.5) / plate.shape[0]
            crop = cv2.resize(plate, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
        else:
            crop = np.full((20, 80), rng.uniform(0, 255), np.float32)
            for _ in range(int(rng.integers(0, 12))):
                x, y = int(rng.integers(80)), int(rng.integers(20))
                cv2.rectangle(crop, (x, y), (x + int(rng.integers(2, 40)), y + int(rng.integers(2, 12))), float(rng.uniform(0, 255)), -1)
        crop = sensor(rng, crop.astype(np.float32) * rng.uniform(0.6, 1.2) + rng.uniform(-20, 20))
        return reader_input(crop, 1 if rng.random() < 0.75 else 2, rng)

    def _window(self, rng):
        for _ in range(10):
            frame, boxes = self.frames[rng.integers(len(self.frames))]
            h = int(rng.uniform(12, 90))
            w = int(h * rng.uniform(1.2, 5.5))
            if frame.shape[0] <= h or frame.shape[1] <= w:
                continue
            x, y = int(rng.integers(frame.shape[1] - w)), int(rng.integers(frame.shape[0] - h))
            if all(x + w < bx or bx + bw < x or y + h < by or by + bh < y for bx, by, bw, bh in boxes):
                window = frame[y:y + h, x:x + w]
                if window.std() > 4 or rng.random() < 0.2:
                    return window
        return frame[:40, :160]


def _smaller(rng, patch):
    k = rng.uniform(0.25, 1.0)
    return cv2.resize(patch, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
