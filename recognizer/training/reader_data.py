"""Training and validation crops for the reader: rendered plates, real road-frames plates (training half), what is no plate."""
import csv
import glob
import os
from dataclasses import dataclass

import cv2
import numpy as np

from camera import PLAIN, photograph, reader_input, sensor
from non_plates import NonPlates
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


class ReaderData:
    """A stream of samples: mostly rendered plates, each photographed `looks` times, some real ones, some non-plates."""

    def __init__(self, data, seed, real_share=0.05, other_share=0.1, plain_share=PLAIN, looks=1, strange_share=0.0, two_rows=1.0, signed_share=0.0, own_layouts=True):
        self.rng = np.random.default_rng(seed)
        self.renderer = PlateRenderer(seed)
        self.renderer.strange, self.renderer.two_rows, self.renderer.signed = strange_share, two_rows, signed_share
        self.renderer.own_layouts = own_layouts
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
            return Sample(self.other.crop(self.rng), '', -1, 0.0)
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
