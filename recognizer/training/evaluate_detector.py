"""Measures a detector on real photographs: python3 evaluate_detector.py --data FOLDER --checkpoint FILE [--json FILE].

Found: a labelled plate that a detection overlaps with an intersection over union of at least 0.3. nl-photos has no boxes:
there a picture counts as found when it has a detection. False: detections on pictures without readable plates.
"""
import argparse
import glob
import json
import time
from pathlib import Path

import cv2
import numpy as np
import torch

from detector_sample import PADDING
from detector_model import PIXEL_CENTRE, STRIDE, ExportedDetector, PlateDetector
from road_split import read_labels, read_split

INPUT_W, INPUT_H = 640, 384
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
FOUND_IOU, DUPLICATE_IOU = 0.3, 0.3
# A shrinking factor this near to a whole one becomes whole, as in the program.
WHOLE_FACTOR = 0.12


def framed(image, area=INPUT_W * INPUT_H):
    """The picture as the program's input-layout.ts places it, and its scale: area kept, never enlarged, grey around."""
    height, width = image.shape
    wanted = max(1.0, (width * height / area) ** 0.5)
    whole = int(wanted + 0.5)
    factor = whole if abs(wanted - whole) <= WHOLE_FACTOR * whole else wanted
    size = (max(1, int(width / factor)), max(1, int(height / factor)))
    covered = image[:int(np.ceil(size[1] * factor)), :int(np.ceil(size[0] * factor))]
    canvas = np.full((-(-size[1] // 32) * 32, -(-size[0] // 32) * 32), PADDING, np.uint8)
    canvas[:size[1], :size[0]] = cv2.resize(covered, size, interpolation=cv2.INTER_AREA)
    return canvas, 1 / factor


def decoded(maps, threshold):
    """Detections [(score, corners 4 x 2)] of one picture's [9,R,C] maps, best first, without duplicates.

    Corners are in input pixels from the picture's edge (a pixel covers 0 to 1); the graph counts from pixel centres.
    """
    score = maps[0]
    peaks = (score >= threshold) & (score == cv2.dilate(score, np.ones((3, 3), np.uint8)))
    rows, columns = np.nonzero(peaks)
    kept = []
    for index in np.argsort(-score[rows, columns]):
        row, column = rows[index], columns[index]
        centre = (np.array([column, row]) + 0.5) * STRIDE
        corners = (maps[1:, row, column].reshape(4, 2) * STRIDE + centre + PIXEL_CENTRE).astype(np.float32)
        if all(box_iou(corners, other) < DUPLICATE_IOU for _, other in kept):
            kept.append((float(score[row, column]), corners))
    return kept


def box_iou(first, second):
    low = np.maximum(first.min(0), second.min(0))
    high = np.minimum(first.max(0), second.max(0))
    both = np.maximum(high - low, 0).prod()
    return both / max(1e-6, (first.max(0) - first.min(0)).prod() + (second.max(0) - second.min(0)).prod() - both)


def quad_iou(first, second):
    both = cv2.intersectConvexConvex(cv2.convexHull(first), cv2.convexHull(second))[0]
    return both / max(1e-6, cv2.contourArea(first) + cv2.contourArea(second) - both)


def overlap(corners, label):
    """Intersection over union with a label; a label that is an upright box is compared with the corners' own box."""
    upright = len(np.unique(label[:, 0])) == 2 and len(np.unique(label[:, 1])) == 2
    return box_iou(corners, label) if upright else quad_iou(corners, label)


def box_quad(x, y, w, h):
    return np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float32)


def picture_sets(data):
    """{set: [(path, labelled quadrilaterals, or None where only presence is known)]}."""
    data, sets = Path(data), {}
    files = {}
    for row in read_labels(data / 'f-photos' / 'labels.tsv'):
        quad = box_quad(*(float(row[key]) for key in 'xywh'))
        files.setdefault(data / 'f-photos' / 'images' / row['file'], []).append(quad)
    sets['f-photos'] = list(files.items())
    sets['nl-photos'] = [(data / 'nl-photos' / 'images' / row['file'], None)
                         for row in read_labels(data / 'nl-photos' / 'labels.tsv')]
    files = {}
    for row in read_labels(data / 'nl-video' / 'labels.tsv'):
        quad = np.array([[float(row[f'x{i}']), float(row[f'y{i}'])] for i in range(4)], np.float32)
        files.setdefault(data / 'nl-video' / 'images' / row['file'], []).append(quad)
    sets['nl-video'] = list(files.items())
    sets['road-val'], sets['road-train'] = road_set(data, 'val'), road_set(data, 'train')
    sets['negatives'] = [(Path(file), []) for file in sorted(glob.glob(str(data / 'negatives' / '*.jpg')))]
    return sets


def road_set(data, side):
    files, split = {}, read_split()
    for row in read_labels(Path(data) / 'road-frames' / 'labels.tsv'):
        if split[row['file']] == side and '?' not in row['text']:
            quad = box_quad(*(float(row[key]) for key in 'xywh'))
            files.setdefault(Path(data) / 'road-frames' / 'images' / row['file'], []).append(quad)
    return list(files.items())


def detections_of(exported, pictures, threshold=min(THRESHOLDS)):
    """For each picture its detections in its own pixels."""
    found = []
    with torch.no_grad():
        for path, _ in pictures:
            canvas, scale = framed(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE))
            maps = exported(torch.from_numpy(canvas)[None, None])[0].numpy()
            found.append([(score, corners / scale) for score, corners in decoded(maps, threshold)])
    return found


def marks(pictures, detections, threshold):
    """{plates, found, detections, corner_error}: the error is the mean corner distance in plate heights."""
    plates = found = count = 0
    errors = []
    for (_, quads), all_detections in zip(pictures, detections):
        kept = [corners for score, corners in all_detections if score >= threshold]
        count += len(kept)
        plates += 1 if quads is None else len(quads)
        if quads is None:
            found += bool(kept)
            continue
        for quad in quads:
            best = max(kept, key=lambda corners: overlap(corners, quad), default=None)
            if best is not None and overlap(best, quad) >= FOUND_IOU:
                found += 1
                errors.append(np.linalg.norm(best - quad, axis=1).mean() / np.linalg.norm(quad[3] - quad[0]))
    return {'pictures': len(pictures), 'plates': plates, 'found': found, 'detections': count,
            'cornerError': round(float(np.mean(errors)), 4) if errors else None}


def load(checkpoint):
    state = torch.load(checkpoint, map_location='cpu')
    model = PlateDetector(state['widths'])
    model.load_state_dict(state['average'])
    return ExportedDetector(model).eval()


def report(exported, sets):
    """{set: {threshold: marks}}"""
    result = {}
    for name, pictures in sets.items():
        start = time.monotonic()
        detections = detections_of(exported, pictures)
        result[name] = {str(t): marks(pictures, detections, t) for t in THRESHOLDS}
        print(f'{name:11s} {time.monotonic() - start:5.1f} s ' + '  '.join(line(t, result[name][str(t)]) for t in THRESHOLDS))
    return result


def line(threshold, mark):
    if not mark['plates']:
        return f"{threshold}: {mark['detections'] / mark['pictures']:.3f} false a picture"
    return f"{threshold}: {100 * mark['found'] / mark['plates']:.1f} %"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', required=True)
    parser.add_argument('--checkpoint', required=True)
    parser.add_argument('--sets', default='', help='comma-separated names; all by default')
    parser.add_argument('--json', help='also write the marks here')
    parser.add_argument('--threads', type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    sets = picture_sets(options.data)
    names = options.sets.split(',') if options.sets else sets
    result = report(load(options.checkpoint), {name: sets[name] for name in names})
    if options.json:
        Path(options.json).write_text(json.dumps(result, indent=1) + '\n', encoding='utf-8')


if __name__ == '__main__':
    main()
