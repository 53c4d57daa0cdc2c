"""Writes a tiny data folder of drawn frames, laid out as the photographs are, so that the training commands can be tried where
there are no photographs: `invented_data.py FOLDER`."""
import os
import sys

import cv2
import numpy as np

from plate_render import PlateRenderer
from reader_data import road_sides

FRAMES_A_SIDE = 4


def frame(rng, plate=None):
    picture = cv2.resize(rng.uniform(30, 140, (18, 32)).astype(np.float32), (1280, 720), interpolation=cv2.INTER_CUBIC)
    picture = np.clip(picture, 0, 255).astype(np.uint8)
    if plate is None:
        return picture, None
    h = 36
    small = cv2.resize(plate.image, (int(plate.image.shape[1] * h / plate.image.shape[0]), h), interpolation=cv2.INTER_AREA)
    x, y = int(rng.integers(100, 900)), int(rng.integers(200, 600))
    picture[y:y + h, x:x + small.shape[1]] = small
    return picture, (x, y, small.shape[1], h)


def write(folder):
    rng, renderer, sides = np.random.default_rng(5), PlateRenderer(5), road_sides()

    def labelled(name, files, fields):
        """A set of frames with a plate each, and its labels.tsv with these fields."""
        os.makedirs(os.path.join(folder, name, 'images'), exist_ok=True)
        lines = ['\t'.join(fields)]
        for file in files:
            plate = renderer.plate()
            picture, (x, y, w, h) = frame(rng, plate)
            cv2.imwrite(os.path.join(folder, name, 'images', file), picture)
            known = {'file': file, 'x': x, 'y': y, 'w': w, 'h': h, 'text': plate.text, 'country': plate.country, 'rows': plate.rows, 'quality': 'good',
                     'x0': x, 'y0': y, 'x1': x + w, 'y1': y, 'x2': x + w, 'y2': y + h, 'x3': x, 'y3': y + h}
            lines.append('\t'.join(str(known.get(field, '')) for field in fields))
        with open(os.path.join(folder, name, 'labels.tsv'), 'w', encoding='utf8') as out:
            out.write('\n'.join(lines) + '\n')

    road = [[file for file, of in sides.items() if of == side][:FRAMES_A_SIDE] for side in ('train', 'val')]
    labelled('road-frames', sum(road, []), ['file', 'x', 'y', 'w', 'h', 'text', 'country', 'rows', 'quality', 'remark'])
    labelled('f-photos', ['f.jpg'], ['file', 'x', 'y', 'w', 'h', 'text', 'country'])
    labelled('nl-photos', ['nl.jpg'], ['file', 'text', 'country'])
    labelled('nl-video', ['v.jpg'], ['file', 'x0', 'y0', 'x1', 'y1', 'x2', 'y2', 'x3', 'y3', 'text', 'category', 'frame', 'plates_in_frame'])
    for name in ('motorway', 'negatives'):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
        for i in range(2):
            cv2.imwrite(os.path.join(folder, name, f'{i}.jpg'), frame(rng)[0])


if __name__ == '__main__':
    write(sys.argv[1])
