"""What the reader must not take for a plate: lettering, bars, cut and tiny plates, windows of frames. Of the detector's kind: clutter.py."""
import glob
import os

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

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


def _bars(rng):
    """Fences, railings, grilles, window frames: upright bars about evenly apart, which look like a row of I."""
    h, pitch, count = int(rng.uniform(16, 44)), rng.uniform(5, 22), int(rng.integers(4, 14))
    ground, tone = rng.uniform(0, 255, 2)
    crop = np.full((h, int(pitch * (count + rng.uniform(0, 1.5))) + 4), ground, np.float32)
    crop += rng.uniform(-40, 40) * np.linspace(-1, 1, crop.shape[1], dtype=np.float32)[None, :]
    width, uneven, (top, bottom) = pitch * rng.uniform(0.15, 0.6), rng.choice([0, 0.1, 0.3]), (int(h * rng.uniform(0, 0.3)) for _ in range(2))
    for i in range(count):
        x = pitch * (i + rng.uniform(0.2, 0.6) * uneven + 0.5)
        cv2.rectangle(crop, (int(x), top), (int(x + max(1, width * (1 + uneven * rng.uniform(-1, 1)))), h - 1 - bottom), float(tone + rng.uniform(-15, 15)), -1)
    for _ in range(int(rng.integers(0, 3))):
        y = int(rng.choice([top, h - 1 - bottom, rng.integers(h)]))
        cv2.line(crop, (0, y), (crop.shape[1], y), float(tone), max(1, int(width * 0.7)))
    slant = rng.uniform(-0.4, 0.4) if rng.random() < 0.4 else 0.0
    return cv2.warpAffine(crop, np.float32([[1, slant, max(0.0, -slant * h)], [0, 1, 0]]), (int(crop.shape[1] + abs(slant) * h), h), borderMode=cv2.BORDER_REPLICATE)


class NonPlates:
    """Crops the detector may hand over that no reader should read: clutter, lettering, bars, cut plates, plates too small."""

    def __init__(self, rng, frames, renderer):
        self.frames, self.renderer = frames, renderer
        self.words = word_patches(rng, 1500)

    def crop(self, rng):
        """One of them, as the reader takes its input."""
        kind = rng.random()
        if kind < 0.4 and self.frames:
            crop = self._window(rng)
        elif kind < 0.74:
            crop = self.words[rng.integers(len(self.words))]
            k = rng.uniform(0.25, 1.0)
            crop = cv2.resize(crop, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
        elif kind < 0.88:
            plate = self.renderer.plate().image
            w = plate.shape[1]
            cut = plate[:, :int(w * rng.uniform(0.15, 0.45))] if rng.random() < 0.5 else plate[:, int(w * rng.uniform(0.55, 0.85)):]
            crop = cv2.copyMakeBorder(cut, 6, 6, *((90, 0) if rng.random() < 0.5 else (0, 90)), cv2.BORDER_REPLICATE)
        elif kind < 0.92:
            plate = self.renderer.plate().image
            k = rng.uniform(3, 5.5) / plate.shape[0]
            crop = cv2.resize(plate, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
        elif kind < 0.97:
            crop = _bars(rng)
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
