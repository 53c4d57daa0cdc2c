"""The real pictures that the detector learns from: road-frames with their boxes, and motorway frames without a readable plate."""
import glob
from pathlib import Path

import cv2

from road_split import HERE, read_labels, read_split


class Photographs:
    """The road-frames of one side and the motorway frames, with halved copies for cheap downscaling."""

    def __init__(self, data, side):
        data = Path(data)
        split, self.road = read_split(), {}
        ignored = read_ignored(HERE / 'road-ignored.tsv')
        for row in read_labels(data / 'road-frames' / 'labels.tsv'):
            if split[row['file']] == side:
                box = [float(row[key]) for key in 'xywh']
                # An unreadable plate is neither taught nor forbidden.
                bad = row['quality'] == 'poor' or '?' in row['text']
                self.road.setdefault(row['file'], []).append((box, bad))
        self.frames = []
        for name, boxes in sorted(self.road.items()):
            levels = pyramid(cv2.imread(str(data / 'road-frames' / 'images' / name), cv2.IMREAD_GRAYSCALE))
            self.frames.append((levels, boxes + [(box, True) for box in ignored.get(name, [])]))
        files = sorted(glob.glob(str(data / 'motorway' / '*.jpg'))) if side == 'train' else []
        self.motorway = [(pyramid(cv2.imread(f, cv2.IMREAD_GRAYSCALE)), []) for f in files]


def read_ignored(path):
    """Boxes in road-frames that show plates nobody labelled: they must not count as background."""
    boxes = {}
    if path.exists():
        for line in path.read_text(encoding='utf-8').splitlines():
            name, *numbers = line.split('\t')
            boxes.setdefault(name, []).append([float(n) for n in numbers])
    return boxes


def pyramid(image):
    levels = [image]
    while len(levels) < 4:
        h, w = levels[-1].shape
        levels.append(cv2.resize(levels[-1], (w // 2, h // 2), interpolation=cv2.INTER_AREA))
    return levels
