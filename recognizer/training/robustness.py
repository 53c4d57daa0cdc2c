"""Renders plates to measure the reader on.

    robustness.py --calibration FILE --count 200000    plates photographed as in training, with other seeds: FILE.bin and FILE.jsonl
    robustness.py --curves DIR --count 400             sets in which one thing alone varies, so many plates a level: DIR/curves.bin, .jsonl
    robustness.py --sheets DIR                         the same plates as pictures, for a person to judge: DIR/CURVE.png

`anpr-node evaluate --calibration --rendered FILE` and `--robustness DIR` read them. Level by level the plates are the same.
"""
import argparse
import functools
import os
import subprocess
import tempfile

import cv2
import numpy as np

from camera import (CROP_H, CROP_W, ENDS_H, LEFT_SHARE, LEFT_W, MARGIN_X, MARGIN_Y, RIGHT_SHARE, RIGHT_W, TWO_H, TWO_W, photograph, side_by_side,
                    surround)
from plate_render import PlateRenderer
from rendered_set import RenderedSet

# Seeds that no training run counts up to.
CALIBRATION_SEED, CURVES_SEED = 900_000_001, 910_000_001

# What varies, its unit, its levels from easy to hard.
CURVES = {
    'height': ('px', [60, 40, 32, 24, 20, 16, 14, 12, 10, 9, 8]),
    'defocus': ('px', [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5]),
    'motion': ('px', [0, 2, 4, 6, 8, 10, 12, 16, 20]),
    'yaw': ('degrees', [0, 10, 20, 30, 40, 50, 60]),
    'pitch': ('degrees', [0, 10, 20, 30, 40, 50, 60]),
    'roll': ('degrees', [0, 10, 20, 30, 40]),
    'contrast': ('share', [1, 0.5, 0.3, 0.2, 0.14, 0.1, 0.07, 0.05, 0.035, 0.025]),
    'bloom': ('x', [0, 0.5, 1, 1.5, 2, 3, 4, 6]),
    'jpeg': ('quality', [95, 70, 50, 30, 20, 15, 10, 7, 5]),
    'h264': ('quantiser', [18, 24, 28, 32, 36, 40, 44, 48, 50]),
}
BENIGN = {'height': 30, 'defocus': 0.4, 'motion': 0, 'yaw': 0, 'pitch': 0, 'roll': 0, 'contrast': 0.8, 'bloom': 0, 'jpeg': 92}
NOISE = 2.5
# Two rows need more pixels for characters of the same size; the height given is that of one row.
TWO_ROWS = 1.7
DISTANCE = 9.0  # of the camera, in plate widths


def projected(w, h, height_px, yaw, pitch, roll):
    """The corners of a w x h plate in the camera's picture, around 0; height_px as if it were seen straight on."""
    yaw, pitch, roll = np.radians((yaw, pitch, roll))
    about_y = np.array([(np.cos(yaw), 0, np.sin(yaw)), (0, 1, 0), (-np.sin(yaw), 0, np.cos(yaw))])
    about_x = np.array([(1, 0, 0), (0, np.cos(pitch), -np.sin(pitch)), (0, np.sin(pitch), np.cos(pitch))])
    about_z = np.array([(np.cos(roll), -np.sin(roll), 0), (np.sin(roll), np.cos(roll), 0), (0, 0, 1)])
    flat = np.array([(-w / 2, -h / 2, 0), (w / 2, -h / 2, 0), (w / 2, h / 2, 0), (-w / 2, h / 2, 0)])
    turned = flat @ about_y.T @ about_x.T @ about_z.T
    depth = 1 + turned[:, 2] / (DISTANCE * w)
    return turned[:, :2] / depth[:, None] * (height_px / h)


def seen(rng, plate, conditions):
    """A plate as a camera sees it under the conditions, before compression: (picture float32, corners)."""
    picture, mx, my = surround(rng, plate.image, [])
    h, w = plate.image.shape
    middle = float(plate.image.mean())
    picture = middle + (picture - middle) * conditions['contrast']
    if conditions['bloom'] > 0:
        # Infra-red lights the reflecting ground until it spills over the letters.
        bright = np.clip(picture - 110, 0, None)
        picture = picture + cv2.GaussianBlur(bright, (0, 0), 5.0) * conditions['bloom'] + bright * conditions['bloom']
        picture = np.clip(picture, 0, 255)
    height = conditions['height'] * (TWO_ROWS if plate.rows == 2 else 1)
    quad = projected(w, h, height, conditions['yaw'], conditions['pitch'], conditions['roll'])
    reach = np.abs(quad).max(0) * 1.15 + 6
    quad += reach + rng.uniform(0, 1, 2)
    flat = np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float32) + (mx, my) - 0.5
    size = (int(2 * reach[0]) + 1, int(2 * reach[1]) + 1)
    # Four times as fine, then averaged: a pixel of the sensor collects the light of its area.
    fine = cv2.getPerspectiveTransform(flat.astype(np.float32), ((quad + 0.5) * 4 - 0.5).astype(np.float32))
    shrink = min(1.0, 4 * height / h)
    if shrink < 0.7:
        sigma = 0.45 / shrink
        picture = cv2.GaussianBlur(picture, (0, 0), sigma)
    drawn = cv2.warpPerspective(picture.astype(np.float32), fine, (size[0] * 4, size[1] * 4), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    drawn = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)
    if conditions['defocus'] > 0:
        drawn = cv2.GaussianBlur(drawn, (0, 0), conditions['defocus'])
    if conditions['motion'] > 0:
        length = conditions['motion']
        kernel = np.ones((1, length + 1), np.float32)
        kernel[0, [0, -1]] = 0.5
        drawn = cv2.filter2D(drawn, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)
    noise = np.random.default_rng(rng.integers(1 << 62)).standard_normal(drawn.shape, dtype=np.float32) * NOISE
    return np.clip(drawn + noise, 0, 255).astype(np.uint8), quad


def jpeg(picture, quality):
    return cv2.imdecode(cv2.imencode('.jpg', picture, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])[1], cv2.IMREAD_GRAYSCALE)


def h264(pictures, quantiser):
    """The pictures after H.264 at a constant quantiser, laid out on 720p frames: key frames every 25, encoded with x264 (GStreamer)."""
    width, height, gap = 1280, 720, 16
    places, frames, x, y, row = [], [np.full((height, width), 110, np.uint8)], 0, 0, 0
    for picture in pictures:
        h, w = picture.shape
        if x + w > width:
            x, y, row = 0, y + row + gap, 0
        if y + h > height:
            frames.append(np.full((height, width), 110, np.uint8))
            x, y, row = 0, 0, 0
        frames[-1][y:y + h, x:x + w] = picture
        places.append((len(frames) - 1, x, y, w, h))
        x, row = x + (w + gap) // 16 * 16 + 16, max(row, h)
    with tempfile.TemporaryDirectory() as folder:
        raw, coded = os.path.join(folder, 'raw'), os.path.join(folder, 'coded.mkv')
        with open(raw, 'wb') as file:
            for frame in frames:
                file.write(frame.tobytes() + bytes([128]) * (width * height // 2))
        subprocess.run(['gst-launch-1.0', '-q', 'filesrc', f'location={raw}', '!', 'rawvideoparse', 'format=i420', f'width={width}', f'height={height}', 'framerate=25/1', '!',
                        'x264enc', 'pass=quant', f'quantizer={quantiser}', 'key-int-max=25', '!', 'h264parse', '!', 'matroskamux', '!', 'filesink', f'location={coded}'],
                       check=True, stderr=subprocess.DEVNULL)
        video, decoded = cv2.VideoCapture(coded), []
        while True:
            there, frame = video.read()
            if not there:
                break
            # Limited range to grey: the luminance is what went in.
            decoded.append(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))
    if len(decoded) != len(frames):
        raise RuntimeError(f'{len(frames)} frames went into the encoder, {len(decoded)} came back')
    return [decoded[i][y:y + h, x:x + w] for i, x, y, w, h in places]


def cut(picture, quad, rows):
    """The reader's input: the plate's outline grown by the margins of the runtime, straightened; then its ends."""
    whole = straightened(picture, quad, (0, 1), (CROP_W, CROP_H) if rows == 1 else (TWO_W, TWO_H))
    left = straightened(picture, quad, (0, LEFT_SHARE[rows]), (LEFT_W, ENDS_H))
    right = straightened(picture, quad, (1 - RIGHT_SHARE[rows], 1), (RIGHT_W, ENDS_H))
    return np.concatenate([(whole if rows == 1 else side_by_side(whole)).ravel(), np.hstack([left, right]).ravel()])


def straightened(picture, quad, part, size):
    """A part of the grown outline, from one share of its width to another, as a picture of so many pixels across and down."""
    tw, th = size
    unit = np.array([(-MARGIN_X, -MARGIN_Y), (1 + MARGIN_X, -MARGIN_Y), (1 + MARGIN_X, 1 + MARGIN_Y), (-MARGIN_X, 1 + MARGIN_Y)], np.float32)
    onto = cv2.getPerspectiveTransform(np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32), quad.astype(np.float32))
    unit[:, 0] = np.where(unit[:, 0] < 0.5, part[0], part[1]) * (1 + 2 * MARGIN_X) - MARGIN_X
    grown = cv2.perspectiveTransform(unit[None], onto)[0]
    target = np.array([(-0.5, -0.5), (tw - 0.5, -0.5), (tw - 0.5, th - 0.5), (-0.5, th - 0.5)], np.float32)
    size = max(np.linalg.norm(grown[3] - grown[0]) / th, 1.0)
    if size > 1.3:
        picture = cv2.GaussianBlur(picture, (0, 0), 0.4 * size)
    return cv2.warpPerspective(picture, cv2.getPerspectiveTransform(grown, target), (tw, th), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


@functools.cache
def plates(count):
    renderer = PlateRenderer(CURVES_SEED)
    return [renderer.plate() for _ in range(count)]


def level(curve, value, count):
    """The plates of one level: [(plate, picture, corners)], the same plates at each level."""
    out = []
    for i, plate in enumerate(plates(count)):
        conditions = {**BENIGN, **({curve: value} if curve in BENIGN else {})}
        rng = np.random.default_rng([CURVES_SEED, i, 1])
        picture, quad = seen(rng, plate, conditions)
        out.append((plate, picture if curve == 'h264' else jpeg(picture, conditions['jpeg']), quad))
    if curve == 'h264':
        pictures = h264([picture for _, picture, _ in out], value)
        out = [(plate, picture, quad) for (plate, _, quad), picture in zip(out, pictures)]
    return out


def write_curves(folder, count, only):
    os.makedirs(folder, exist_ok=True)
    with RenderedSet(os.path.join(folder, 'curves')) as out:
        for curve in only:
            unit, values = CURVES[curve]
            for value in values:
                for plate, picture, quad in level(curve, value, count):
                    out.add(cut(picture, quad, plate.rows), text=plate.text, country=plate.country, rows=plate.rows, curve=curve, unit=unit, value=value)
                print(curve, value, flush=True)


def write_sheets(folder, only):
    """A row a level, ten plates each, as the camera saw them, enlarged; the level in front, no truth beside."""
    os.makedirs(folder, exist_ok=True)
    for curve in only:
        rows = []
        for value in CURVES[curve][1]:
            tiles = [np.full((76, 90), 30, np.uint8)]
            cv2.putText(tiles[0], str(value), (4, 46), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 1, cv2.LINE_AA)
            for _, picture, quad in level(curve, value, 30)[20:28]:
                low, high = np.maximum(np.floor(quad.min(0)).astype(int) - 2, 0), np.ceil(quad.max(0)).astype(int) + 3
                tile = picture[low[1]:high[1], low[0]:high[0]]
                scale = min(200 / tile.shape[1], 76 / tile.shape[0])
                tile = cv2.resize(tile, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)[:76, :200]
                tiles.append(cv2.copyMakeBorder(tile, 0, 76 - tile.shape[0], 4, 206 - tile.shape[1], cv2.BORDER_CONSTANT, value=30))
            rows.append(cv2.copyMakeBorder(np.hstack(tiles), 2, 2, 0, 0, cv2.BORDER_CONSTANT, value=30))
        cv2.imwrite(os.path.join(folder, f'{curve}.png'), np.vstack(rows))
        print(curve, flush=True)


def write_calibration(path, count):
    renderer, rng = PlateRenderer(CALIBRATION_SEED), np.random.default_rng(CALIBRATION_SEED)
    with RenderedSet(path) as out:
        for i in range(count):
            plate = renderer.plate()
            out.add(photograph(rng, plate, []), text=plate.text, country=plate.country, rows=plate.rows)
            if (i + 1) % 10_000 == 0:
                print(f'{i + 1} of {count}', flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--calibration', metavar='FILE')
    parser.add_argument('--curves', metavar='DIR')
    parser.add_argument('--sheets', metavar='DIR')
    parser.add_argument('--count', type=int, default=400, help='plates in all (calibration) or a level (curves)')
    parser.add_argument('--only', nargs='+', choices=list(CURVES), default=list(CURVES), help='some of the curves')
    args = parser.parse_args()
    cv2.setNumThreads(1)
    if not (args.calibration or args.curves or args.sheets):
        parser.error('name what to write: --calibration, --curves or --sheets')
    if args.calibration:
        write_calibration(args.calibration.removesuffix('.jsonl'), args.count)
    if args.curves:
        write_curves(args.curves, args.count, args.only)
    if args.sheets:
        write_sheets(args.sheets, args.only)


if __name__ == '__main__':
    main()
