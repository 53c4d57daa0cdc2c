"""What lies between a flat plate and the reader's crop: surroundings, perspective, light, optics, sensor, compression, wrong crops."""
import cv2
import numpy as np

CROP_W, CROP_H = 160, 32
TWO_W, TWO_H = 80, 64
MARGIN_X, MARGIN_Y = 0.04, 0.08  # share of plate width and height added at each side by the runtime's rectifier

# So many lights are tried before a plate stays as it is.
LIGHTS = 4
PLAIN = 0.33  # share of the photographs without most faults of light and optics
BENT = 0.1  # share of the photographs of plates that are not flat
OVERHUNG = 0.12  # share of the photographs in which something stands over the plate's edge

# The plate's ends, at a finer scale than the whole: a country sign's letters are a third as high as the registration's.
ENDS_H, LEFT_W, RIGHT_W = 48, 40, 24
# Share of the crop's width that the left and the right end take, by the number of rows.
LEFT_SHARE, RIGHT_SHARE = {1: 0.2, 2: 0.34}, {1: 0.13, 2: 0.22}
INPUT_BYTES = CROP_W * CROP_H + ENDS_H * (LEFT_W + RIGHT_W)


def side_by_side(two_row_crop):
    """64 x 80 crop of a two-row plate -> 32 x 160: upper half left, lower half right."""
    return np.hstack([two_row_crop[:CROP_H], two_row_crop[CROP_H:]])


def surround(rng, plate, backgrounds):
    """The plate within a larger picture: holder, dealer text, bumper. Returns (picture, x, y) of the plate's top left."""
    h, w = plate.shape
    mx, my = int(w * 0.22) + 4, int(h * 0.6) + 4
    canvas_h, canvas_w = h + 2 * my, w + 2 * mx
    if backgrounds and rng.random() < 0.5:
        source = backgrounds[rng.integers(len(backgrounds))]
        bh, bw = source.shape
        sy, sx = rng.integers(0, max(1, bh - 60)), rng.integers(0, max(1, bw - 200))
        canvas = cv2.resize(source[sy:sy + 60, sx:sx + 200], (canvas_w, canvas_h)).astype(np.float32)
    else:
        canvas = np.full((canvas_h, canvas_w), rng.uniform(5, 220), np.float32)
        canvas += np.linspace(rng.uniform(-40, 40), rng.uniform(-40, 40), canvas_h, dtype=np.float32)[:, None]
        if rng.random() < 0.4:
            y = int(rng.integers(canvas_h))
            canvas[y:] += rng.uniform(-80, 80)
    if rng.random() < 0.55:
        b = [int(rng.integers(1, 9)) for _ in range(4)]
        tone = rng.uniform(5, 90) if rng.random() < 0.8 else rng.uniform(90, 240)
        low = int(rng.integers(4, 16))
        cv2.rectangle(canvas, (mx - b[0], my - b[1]), (mx + w + b[2], my + h + b[3] + low), float(tone), -1)
        if rng.random() < 0.7:
            light = float(np.clip(tone + rng.choice([-1, 1]) * rng.uniform(60, 180), 0, 255))
            word = ''.join(chr(rng.integers(65, 91)) for _ in range(rng.integers(4, 16)))
            if rng.random() < 0.5:
                word = word.lower()
            size = low / 26
            (tw, _), _ = cv2.getTextSize(word, int(rng.integers(0, 4)), size, 1)
            cv2.putText(canvas, word, (mx + max(0, (w - tw) // 2), my + h + b[3] + low - 3), int(rng.integers(0, 4)), size, light, 1, cv2.LINE_AA)
    canvas[my:my + h, mx:mx + w] = plate
    return canvas, mx, my


def _corners(rng, w, h, loose, rows=1):
    """Where the crop's corners lie relative to the plate, in plate pixels: the rectifier's margin and a detector's errors."""
    jx, jy = w * 0.016, h * 0.05
    grow_x, grow_y = (w * MARGIN_X, h * MARGIN_Y)
    if loose:
        steep = 2.0 if rng.random() < 0.25 else 1.0
        angle = np.radians(rng.normal(0, 4.5 * steep))
        shear = rng.normal(0, 0.12 * steep)
        cx, cy = w / 2, h / 2
        sx, sy = rng.uniform(0.98, 1.12), rng.uniform(1.0, 1.35)
        pts = np.array([(-cx * sx, -cy * sy), (cx * sx, -cy * sy), (cx * sx, cy * sy), (-cx * sx, cy * sy)])
        pts[:, 0] += shear * pts[:, 1]
        if steep > 1:
            # Seen from the side one end of a plate stands lower in the picture than the other.
            pts[[0, 3] if rng.random() < 0.5 else [1, 2], 1] *= rng.uniform(1.0, 1.5)
        rot = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        pts = pts @ rot.T
        pts = pts + (cx + rng.normal(0, w * 0.012), cy + rng.normal(0, h * 0.04))
        pts += rng.normal(0, 1, (4, 2)) * (w * 0.008, h * 0.05)
        return pts
    if rng.random() < (0.15 if rows == 1 else 0.3):
        # Cut close, or into the first or last character.
        grow_x, grow_y = w * rng.uniform(-0.035, 0.01), h * rng.uniform(-0.05, 0.04)
    base = np.array([(-grow_x, -grow_y), (w + grow_x, -grow_y), (w + grow_x, h + grow_y), (-grow_x, h + grow_y)])
    spread = rng.uniform(0.3, 1.7)
    return base + rng.normal(0, 1, (4, 2)) * (jx * spread, jy * spread) + (rng.normal(0, jx), rng.normal(0, jy))


def overhung(rng, picture, plate, x, y):
    """A picture whose plate at x, y has a bumper, a lamp's housing or their shadow over its upper edge, seldom its lower: down to the characters and hardly into them.

    Not asked is whether each character can be told by itself: an I that touches a dark edge is a T then, and its neighbours, which touch it too, say that it is none.
    """
    if not plate.characters.cells:
        return picture
    height, width = picture.shape
    boxes = [*(c.box for c in plate.characters.cells), plate.core]
    tops, feet = min(box[1] for box in boxes), max(box[3] for box in boxes)
    char_h = plate.characters.cells[0].box[3] - plate.characters.cells[0].box[1]
    above = rng.random() < 0.75
    edge = y + (tops + char_h * rng.uniform(-0.25, 0.06) if above else feet + char_h * rng.uniform(-0.03, 0.25))
    left, right = 0, width
    if rng.random() < 0.4:
        middle, half = x + plate.image.shape[1] * rng.uniform(0.1, 0.9), plate.image.shape[1] * rng.uniform(0.08, 0.35)
        left, right = middle - half, middle + half
    fall, round_by = char_h * abs(rng.normal(0, 0.1)), char_h * rng.uniform(0, 0.3)
    ends = np.array([0, fall] if rng.random() < 0.5 else [fall, 0])
    outside, back = (-height, -1) if above else (2 * height, 1)
    near_left, near_right = edge + back * ends
    points = [(left, outside), (left, near_left + back * round_by), (left + round_by, near_left), (right - round_by, near_right), (right, near_right + back * round_by), (right, outside)]
    mask = np.zeros((height, width), np.float32)
    cv2.fillPoly(mask, [np.array(points).round().astype(np.int32)], 1.0, cv2.LINE_AA)
    mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.4, 2.5))
    tone = rng.uniform(5, 60) if rng.random() < 0.85 else rng.uniform(120, 240)
    return picture + mask * rng.uniform(0.6, 1.0) * (tone - picture)


def bent(rng, picture, plate, x, y):
    """A picture whose plate at x, y follows a curved bumper, or has an end that is bent up or down. Returns it with what a crop must show of the plate."""
    h, w = plate.image.shape
    along = (np.arange(picture.shape[1], dtype=np.float32) - x) / w
    rise = h * (rng.normal(0, 0.08) if rng.random() < 0.8 else rng.uniform(-0.4, 0.4))
    if rng.random() < 0.6:
        across = np.clip(2 * along - 1 + rng.normal(0, 0.1), -1.3, 1.3) ** 2
    else:
        end = np.clip(along if rng.random() < 0.5 else 1 - along, 0, 1.2)
        start = rng.uniform(0.5, 0.85)
        across = (np.maximum(0, end - start) / (1 - start)) ** rng.uniform(1, 2)
    moved = rise * (across - across[max(0, x):x + w].mean())
    rows, columns = np.indices(picture.shape, dtype=np.float32)
    left, top, right, bottom = plate.core
    there = moved[x:x + w]
    return cv2.remap(picture, columns, rows - moved, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), (left, top + there.min(), right, bottom + there.max())


def keeping(quad, core):
    """The quadrilateral, in its own perspective as much larger as it must be to hold the box (left, top, right, bottom)."""
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    box = np.array([[(core[i], core[j]) for i, j in ((0, 1), (2, 1), (2, 3), (0, 3))]], np.float32)
    there = cv2.perspectiveTransform(box, cv2.getPerspectiveTransform(quad.astype(np.float32), unit))[0]
    low, high = np.minimum(0, there.min(0)), np.maximum(1, there.max(0))
    if (low == 0).all() and (high == 1).all():
        return quad
    larger = (low + unit * (high - low))[None].astype(np.float32)
    return cv2.perspectiveTransform(larger, cv2.getPerspectiveTransform(unit, quad.astype(np.float32)))[0].astype(np.float64)


def photograph(rng, plate, backgrounds, height_px=None, plain_share=PLAIN):
    """One flat plate (Plate) -> the reader's input (reader_input), as a camera and the rectifier would deliver it.

    height_px: the plate's height in the camera's picture; drawn at random (9 to 64) when not given.
    """
    picture, mx, my = surround(rng, plate.image, backgrounds)
    h, w = plate.image.shape
    # Many plates are seen well, and only on those can the letters of a country sign be learnt.
    plain = rng.random() < plain_share
    if not plain or rng.random() < 0.4:
        picture = lighted(rng, picture, plate, mx, my)
    if rng.random() < OVERHUNG:
        picture = overhung(rng, picture, plate, mx, my)
    core = plate.core
    if rng.random() < BENT:
        picture, core = bent(rng, picture, plate, mx, my)
    quad = keeping(_corners(rng, w, h, rng.random() < 0.4, plate.rows), core) + (mx, my)
    if height_px is None:
        height_px = np.exp(rng.uniform(np.log(24 if plain else 11.5), np.log(70)))
        if plate.rows == 2:
            height_px *= 1.6
    crop_h = int(np.clip(height_px * 1.16, 7, 110))
    aspect = np.linalg.norm(quad[1] - quad[0]) / max(1.0, np.linalg.norm(quad[3] - quad[0]))
    crop_w = crop_h * np.clip(aspect, 0.8, 7) * rng.uniform(0.85, 1.1)
    if rng.random() < 0.25:
        # From the side a plate has fewer pixels across, however upright it is made.
        crop_w *= rng.uniform(0.38, 0.85)
    crop_w = int(np.clip(crop_w, 8, 420))
    scale = min(1.0, 1.25 * crop_h / np.linalg.norm(quad[3] - quad[0]))
    if scale < 0.9:
        size = (max(2, int(picture.shape[1] * scale)), max(2, int(picture.shape[0] * scale)))
        quad = (quad + 0.5) * (size[0] / picture.shape[1], size[1] / picture.shape[0]) - 0.5
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    target = np.array([(-0.5, -0.5), (crop_w - 0.5, -0.5), (crop_w - 0.5, crop_h - 0.5), (-0.5, crop_h - 0.5)], np.float32)
    crop = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(quad.astype(np.float32), target), (crop_w, crop_h),
                               flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if not plain or rng.random() < 0.3:
        crop = _optics(rng, crop)
    crop = sensor(rng, crop)
    return reader_input(crop, plate.rows, rng)


def reader_input(crop, rows, rng=None):
    """What the reader takes of a crop: uint8 [INPUT_BYTES], the crop of 32 x 160 and then both ends of 48 x 64, row by row."""
    return np.concatenate([rectified(crop, rows, rng).ravel(), ends(crop, rows).ravel()])


def ends(crop, rows):
    """The left end and the right end of a crop beside each other, uint8 48 x 64."""
    height, width = crop.shape
    left = crop[:, :max(1, round(width * LEFT_SHARE[rows]))]
    right = crop[:, width - max(1, round(width * RIGHT_SHARE[rows])):]
    how = cv2.INTER_AREA if height > ENDS_H * 1.3 else cv2.INTER_LINEAR
    return np.hstack([cv2.resize(left, (LEFT_W, ENDS_H), interpolation=how), cv2.resize(right, (RIGHT_W, ENDS_H), interpolation=how)])


def rectified(crop, rows, rng=None):
    """Resizes a crop to the reader's input, one row or two rows side by side."""
    size = (CROP_W, CROP_H) if rows == 1 else (TWO_W, TWO_H)
    shrink = crop.shape[0] > size[1] * 1.3
    how = cv2.INTER_AREA if shrink else (cv2.INTER_LINEAR if rng is None or rng.random() < 0.7 else cv2.INTER_CUBIC)
    out = cv2.resize(crop, size, interpolation=how)
    return out if rows == 1 else side_by_side(out)


def lighted(rng, picture, plate, x, y):
    """A picture of a plate at x, y under some light that leaves every character to be told."""
    for _ in range(LIGHTS):
        there = _light(rng, picture)
        if plate.lit(there, x, y):
            return there
    return picture


def _light(rng, picture):
    """Contrast, shadow edges, gradients, glare spots, infra-red bloom, overexposure."""
    h, w = picture.shape
    if rng.random() < 0.25:
        a, b = rng.uniform(0, w), rng.uniform(0, w)
        polygon = np.array([(0, 0), (a, 0), (b, h), (0, h)], np.int32) if rng.random() < 0.5 else np.array([(0, 0), (w, 0), (w, a * h / w), (0, b * h / w)], np.int32)
        mask = np.zeros((h, w), np.float32)
        cv2.fillPoly(mask, [polygon], 1.0)
        if rng.random() < 0.6:
            mask = cv2.blur(mask, (7, 7))
        picture = picture * (1 - mask * rng.uniform(0.2, 0.65))
    if rng.random() < 0.3:
        picture = picture * np.linspace(rng.uniform(0.5, 1.2), rng.uniform(0.5, 1.2), w, dtype=np.float32)[None]
    kind = rng.random()
    if kind < 0.45:
        low = rng.uniform(0, 90)
        picture = low + picture * rng.uniform(0.18, 1.0) * (255 - low) / 255
    elif kind < 0.6:
        picture = 255 * (np.clip(picture, 0, 255) / 255) ** rng.uniform(0.5, 2.2)
    elif kind < 0.72:
        picture = picture * rng.uniform(1.1, 2.0) + rng.uniform(-10, 30)
    elif kind < 0.8:
        bright = np.clip(picture - rng.uniform(120, 180), 0, None)
        k = int(rng.integers(2, 9)) * 2 + 1
        picture = picture * rng.uniform(0.6, 1) + cv2.GaussianBlur(bright, (k, k), 0) * rng.uniform(0.6, 2.0)
    if rng.random() < 0.08:
        picture = picture + _plate_lamps(rng, h, w)
    if rng.random() < 0.06:
        cx, cy, r = rng.uniform(0, w), rng.uniform(0, h), rng.uniform(0.1, 0.5) * h
        yy, xx = np.ogrid[:h, :w]
        picture = picture + rng.uniform(60, 220) * np.exp(-((xx - cx) ** 2 + (yy - cy) ** 2) / (2 * r * r)).astype(np.float32)
    return np.clip(picture, 0, 255).astype(np.float32)


def _plate_lamps(rng, h, w):
    """The glow of the lamps above a rear plate at night."""
    yy, xx = np.ogrid[:h, :w]
    cy, r = h * rng.uniform(0.15, 0.32), h * rng.uniform(0.04, 0.16)
    glow = np.zeros((h, w), np.float32)
    for cx in ((rng.uniform(0.25, 0.4), rng.uniform(0.6, 0.75)) if rng.random() < 0.7 else (rng.uniform(0.3, 0.7),)):
        glow += (rng.uniform(50, 200) * np.exp(-((xx - cx * w) ** 2 / 3 + (yy - cy) ** 2) / (2 * r * r))).astype(np.float32)
    return glow


def _optics(rng, crop, plate_h=None):
    """Defocus and motion blur, in pixels of the camera's picture; `plate_h` where the crop shows more than the plate."""
    h = plate_h or crop.shape[0]
    kind = rng.random()
    if kind < 0.35:
        crop = cv2.GaussianBlur(crop, (0, 0), rng.uniform(0.3, 0.35 + h * 0.034))
    elif kind < 0.6:
        length = int(rng.uniform(2, 2 + h * 0.12))
        kernel = np.zeros((length * 2 + 1, length * 2 + 1), np.float32)
        angle = rng.uniform(0, np.pi) if rng.random() < 0.5 else rng.normal(np.pi / 2, 0.3)
        dx, dy = np.cos(angle) * length / 2, np.sin(angle) * length / 2
        cv2.line(kernel, (int(round(length - dx)), int(round(length - dy))), (int(round(length + dx)), int(round(length + dy))), 1.0, 1)
        crop = cv2.filter2D(crop, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)
    elif kind < 0.68:
        soft = cv2.GaussianBlur(crop, (0, 0), 1.2)
        crop = crop + rng.uniform(0.5, 2.0) * (crop - soft)
    return crop


def sensor(rng, crop):
    """Noise and compression. Returns uint8."""
    if rng.random() < 0.7:
        sigma = min(abs(rng.normal(0, 7)) if rng.random() < 0.85 else rng.uniform(8, 24), 1 + 0.4 * float(crop.std()))
        noise = rng.standard_normal(crop.shape, dtype=np.float32) * sigma
        if rng.random() < 0.4:
            noise = cv2.blur(noise, (2, 2)) * 1.7
        crop = crop + noise
    crop = np.clip(crop, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        _, data = cv2.imencode('.jpg', crop, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 95))])
        crop = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    return crop
