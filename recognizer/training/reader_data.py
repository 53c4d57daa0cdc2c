"""Training and validation crops for the reader: rendered plates, real road-frames plates (training half), non-plates."""
import csv
import glob
import os
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from camera import PLAIN, photograph, reader_input, sensor
from plate_fonts import ALPHABET, HERE
from plate_render import PlateRenderer, load_countries

COUNTRIES = list(load_countries())
MAX_TEXT = 10


@dataclass
class Sample:
    crop: np.ndarray       # uint8 [INPUT_BYTES]
    text: str              # '' for a non-plate
    country: int           # index into COUNTRIES, -1 unknown
    plate: float           # 1 readable plate, 0 not


def read_tsv(path):
    with open(path, encoding='utf8') as file:
        return list(csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE))


def road_sides():
    """{file: 'train' | 'val'} of the road-frames split by vehicle."""
    with open(os.path.join(HERE, 'road-split.tsv'), encoding='utf8') as file:
        return dict(line.rstrip('\n').split('\t') for line in file)


class RoadPlates:
    """Real plates of road-frames, one side of the split: padded grey cut-outs with the box inside."""

    def __init__(self, data, side):
        self.items, self.frames = [], []
        sides, folder = road_sides(), os.path.join(data, 'road-frames')
        by_file = {}
        for row in read_tsv(os.path.join(folder, 'labels.tsv')):
            if sides.get(row['file']) == side:
                by_file.setdefault(row['file'], []).append(row)
        for file, rows in by_file.items():
            frame = cv2.imread(os.path.join(folder, 'images', file), cv2.IMREAD_GRAYSCALE)
            boxes = [tuple(int(r[k]) for k in 'xywh') for r in rows]
            self.frames.append((frame, boxes))
            for row, (x, y, w, h) in zip(rows, boxes):
                if '?' in row['text'] or row['remark'].startswith('ambiguous'):
                    continue
                pad_x, pad_y = int(w * 0.3) + 4, int(h * 0.5) + 4
                x0, y0 = max(0, x - pad_x), max(0, y - pad_y)
                cut = frame[y0:y + h + pad_y, x0:x + w + pad_x].copy()
                self.items.append((cut, (x - x0, y - y0, w, h), row))

    def sample(self, rng):
        cut, (x, y, w, h), row = self.items[rng.integers(len(self.items))]
        rows = int(row['rows'])
        quad = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float64)
        quad += rng.normal(0, 1, (4, 2)) * (w * 0.02, h * 0.06) + (rng.normal(0, w * 0.015), rng.normal(0, h * 0.05))
        quad += np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (w * rng.uniform(-0.01, 0.05), h * rng.uniform(-0.04, 0.12))
        crop_h = max(8, int(h * 1.1 * rng.uniform(0.7, 1.1)))
        crop_w = max(16, int(w * 1.06 * rng.uniform(0.7, 1.1)))
        target = np.array([(-.5, -.5), (crop_w - .5, -.5), (crop_w - .5, crop_h - .5), (-.5, crop_h - .5)], np.float32)
        crop = cv2.warpPerspective(cut.astype(np.float32), cv2.getPerspectiveTransform(quad.astype(np.float32), target), (crop_w, crop_h),
                                   flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        crop = crop * rng.uniform(0.7, 1.3) + rng.uniform(-20, 20)
        if rng.random() < 0.3:
            crop = cv2.GaussianBlur(crop, (0, 0), rng.uniform(0.3, 1.1))
        return Sample(reader_input(sensor(rng, crop), rows, rng), row['text'], COUNTRIES.index('RO') if row['country'] == 'RO' else -1, 1.0)


    def measured(self):
        """[(input of the reader, row)]: each plate once, its box grown as the rectifier grows a plate, nothing else done to it."""
        out = []
        for cut, (x, y, w, h), row in self.items:
            grow_x, grow_y = w * 0.02, h * 0.05
            x0, y0, x1, y1 = x - grow_x, y - grow_y, x + w + grow_x, y + h + grow_y
            rows = int(row['rows'])
            tw, th = round(x1 - x0), round(y1 - y0)
            target = np.array([(-.5, -.5), (tw - .5, -.5), (tw - .5, th - .5), (-.5, th - .5)], np.float32)
            quad = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float32)
            crop = cv2.warpPerspective(cut, cv2.getPerspectiveTransform(quad, target), (tw, th), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            out.append((reader_input(crop, rows), row))
        return out


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

    def sample(self, rng):
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
        return Sample(reader_input(crop, 1 if rng.random() < 0.75 else 2, rng), '', -1, 0.0)

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


class ReaderData:
    """A stream of samples: mostly rendered plates, each photographed `looks` times, some real ones, some non-plates."""

    def __init__(self, data, seed, real_share=0.05, other_share=0.1, plain_share=PLAIN, looks=1, strange_share=0.0, two_rows=1.0, signed_share=0.0):
        self.rng = np.random.default_rng(seed)
        self.renderer = PlateRenderer(seed)
        self.renderer.strange, self.renderer.two_rows, self.renderer.signed = strange_share, two_rows, signed_share
        self.road = RoadPlates(data, 'train') if data else None
        motorway = [cv2.imread(p, cv2.IMREAD_GRAYSCALE) for p in sorted(glob.glob(os.path.join(data, 'motorway', '*.jpg')))] if data else []
        frames = (self.road.frames if self.road else []) + [(m, []) for m in motorway]
        self.backgrounds = [f for f, _ in frames]
        self.other = NonPlates(self.rng, frames, self.renderer)
        self.plain_share, self.looks = plain_share, looks
        self.plate, self.looked = None, looks
        self.real_share, self.other_share = real_share if self.road else 0.0, other_share

    def sample(self):
        kind = self.rng.random()
        if kind < self.real_share:
            return self.road.sample(self.rng)
        if kind < self.real_share + self.other_share:
            return self.other.sample(self.rng)
        if self.looked >= self.looks:
            self.plate, self.looked = self.renderer.plate(), 0
        plate, self.looked = self.plate, self.looked + 1
        return Sample(photograph(self.rng, plate, self.backgrounds, plain_share=self.plain_share), plate.text, COUNTRIES.index(plate.country), 1.0)

    def batch(self, size):
        """(crops uint8 [N, INPUT_BYTES], targets int64 [N,10] padded with 0, lengths [N], countries [N], plates [N])."""
        samples = [self.sample() for _ in range(size)]
        targets = np.zeros((size, MAX_TEXT), np.int64)
        for i, s in enumerate(samples):
            targets[i, :len(s.text)] = [ALPHABET.index(c) + 1 for c in s.text]
        return (np.stack([s.crop for s in samples]), targets, np.array([len(s.text) for s in samples]),
                np.array([s.country for s in samples]), np.array([s.plate for s in samples], np.float32))


def measured_crops(folder):
    """[(input of the reader, row)] of a folder of cut-out plates with labels.tsv, for measuring only."""
    out = []
    for row in read_tsv(os.path.join(folder, 'labels.tsv')):
        if '?' in row['text'] or (row.get('remark') or '').find('ambiguous') >= 0:
            continue
        image = cv2.imread(os.path.join(folder, 'images', row['file']), cv2.IMREAD_GRAYSCALE)
        out.append((reader_input(image, int(row.get('rows') or 1)), row))
    return out
