"""What is no plate: procedural backgrounds, lettering, signs, grilles, stripes, lamps, windows, fences.

Everything is luminance, uint8. Patches are (image, mask) with mask None for an opaque rectangle.
"""
import glob
import random
import string

import cv2
import numpy as np

WORDS = ('transport logistics express cargo taxi bus police ambulance trans euro service spedition frigo exit auto '
         'camping parking hotel garage bank markt sale open open24 cafe bar tel www info service school center').split()


class Lettering:
    """Draws text in random open typefaces; falls back to OpenCV's own strokes where no font files are found."""

    def __init__(self, fonts_folder, rng, limit=80):
        self.rng = rng
        files = sorted(glob.glob(f'{fonts_folder}/**/*-latin-[4567]00-normal.woff', recursive=True))
        rng.shuffle(files)
        self.faces = []
        for file in files[:limit]:
            face = cv2.freetype.createFreeType2()
            face.loadFontData(file, 0)
            self.faces.append(face)

    def mask(self, text, height):
        """A mask, 255 where there is ink, of one line of text cropped to its ink."""
        # OpenCV's FreeType draws on three channels only.
        canvas = np.zeros((height * 2, height * (len(text) + 4), 3), np.uint8)
        origin = (height, int(height * 1.4))
        if self.faces and self.rng.random() < 0.93:
            self.rng.choice(self.faces).putText(canvas, text, origin, height, (255,) * 3, -1, cv2.LINE_AA, True)
        else:
            face = self.rng.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX])
            cv2.putText(canvas, text, origin, face, height / 30, (255,) * 3, self.rng.randint(1, 4), cv2.LINE_AA)
        canvas = canvas[:, :, 0]
        x, y, w, h = cv2.boundingRect(canvas)
        return canvas[y:y + h, x:x + w].copy() if w and h else canvas[:8, :8].copy()


def words(rng):
    """A line as one sees on lorries, shops and signs; seldom shaped like a registration."""
    kind = rng.random()
    if kind < 0.35:
        return rng.choice([str.upper, str.title, str.lower])(rng.choice(WORDS))
    if kind < 0.65:
        text = ''.join(rng.choice(string.ascii_lowercase) for _ in range(rng.randint(3, 11)))
        return rng.choice([str.upper, str.title, str.lower])(text)
    if kind < 0.72:
        return 'www.' + ''.join(rng.choice(string.ascii_lowercase) for _ in range(rng.randint(4, 9))) + '.eu'
    if kind < 0.8:
        return ''.join(rng.choice(string.digits + ' ') for _ in range(rng.randint(9, 13)))
    if kind < 0.9:
        return str(rng.choice([30, 50, 70, 80, 90, 100, 120, 130, rng.randint(1, 99)]))
    return rng.choice(string.ascii_uppercase) + str(rng.randint(1, 99)) if kind < 0.95 else words(rng) + ' ' + words(rng)


def two_shades(rng, least=50):
    while True:
        dark, light = sorted((rng.randint(0, 255), rng.randint(0, 255)))
        if light - dark >= least:
            return (dark, light) if rng.random() < 0.5 else (light, dark)


def free_text(lettering, rng):
    mask = lettering.mask(words(rng), rng.choice([32, 48, 64]))
    return np.full_like(mask, rng.choice([rng.randint(0, 60), rng.randint(180, 255), rng.randint(0, 255)])), mask


def sign(lettering, rng):
    """A board with one to five lines; a single line keeps away from the proportions of a plate."""
    ground, ink = two_shades(rng)
    lines = [lettering.mask(words(rng), rng.choice([24, 32, 40])) for _ in range(rng.choice([1, 2, 3, 3, 4, 5]))]
    margin = rng.randint(6, 40)
    width = max(line.shape[1] for line in lines) + 2 * margin
    height = sum(line.shape[0] + margin for line in lines) + margin
    if len(lines) == 1 and 2.5 < width / height < 7:
        height = int(width / rng.uniform(1.0, 2.2))
    board = np.full((height, width), ground, np.uint8)
    y = margin if len(lines) > 1 else (height - lines[0].shape[0]) // 2
    for line in lines:
        x = rng.choice([margin, (width - line.shape[1]) // 2])
        place = board[y:y + line.shape[0], x:x + line.shape[1]]
        place[:] = place + ((ink - place.astype(np.int16)) * (line[:place.shape[0]] / 255.0)).astype(np.int16)
        y += line.shape[0] + margin
    if rng.random() < 0.6:
        cv2.rectangle(board, (3, 3), (width - 4, height - 4), ink, rng.randint(1, 5))
    return board, None


def stripes(_, rng):
    """Grilles, shutters, bar codes, heater wires: parallel lines of one or of random widths."""
    height, width = rng.randint(20, 90), rng.randint(60, 300)
    back, front = two_shades(rng, 30)
    board = np.full((height, width), back, np.uint8)
    pitch, at, even = rng.randint(4, 16), 0, rng.random() < 0.6
    upright = rng.random() < 0.5
    while at < (width if upright else height):
        thick = max(1, pitch // 2) if even else rng.randint(1, pitch)
        if upright:
            board[:, at:at + thick] = front
        else:
            board[at:at + thick] = front
        at += thick + (pitch // 2 + 1 if even else rng.randint(1, pitch))
    if rng.random() < 0.5:
        cv2.rectangle(board, (0, 0), (width - 1, height - 1), rng.choice([back, front, 128]), rng.randint(2, 6))
    return board, None


def lattice(_, rng):
    """Windows, keyboards, bricks, mesh: a grid of cells, sometimes each in its own shade."""
    cell_w, cell_h, gap = rng.randint(5, 40), rng.randint(5, 30), rng.randint(1, 8)
    columns, rows = rng.randint(2, 12), rng.randint(1, 8)
    back, front = two_shades(rng, 25)
    board = np.full((rows * (cell_h + gap) + gap, columns * (cell_w + gap) + gap), back, np.uint8)
    spread, shift = rng.choice([0, 0, 20, 60]), rng.random() < 0.3
    for row in range(rows):
        for column in range(columns):
            x = gap + column * (cell_w + gap) + (cell_w // 2 if shift and row % 2 else 0)
            y = gap + row * (cell_h + gap)
            board[y:y + cell_h, x:x + cell_w] = np.clip(front + rng.randint(-spread, spread), 0, 255)
    return board, None


def blank_box(_, rng):
    """A plate's outline without a registration: a light box, bumper recess, sticker, handle or lamp glass."""
    height = rng.randint(24, 60)
    width = int(height * rng.uniform(1.2, 7))
    shade = rng.randint(0, 255)
    board = np.clip(np.linspace(shade, shade + rng.randint(-80, 80), width), 0, 255).astype(np.uint8)
    board = np.repeat(board[None], height, 0)
    if rng.random() < 0.7:
        cv2.rectangle(board, (1, 1), (width - 2, height - 2), rng.randint(0, 255), rng.randint(1, 5))
    for _ in range(rng.choice([0, 0, 1, 2])):
        cv2.circle(board, (rng.randint(0, width), rng.randint(0, height)), rng.randint(2, 14), rng.randint(0, 255), -1)
    return board, None


def lamp(_, rng):
    size = rng.randint(24, 90)
    axes = (size // 2 - 2, max(3, int(size * rng.uniform(0.12, 0.48))))
    mask = np.zeros((size, size), np.uint8)
    cv2.ellipse(mask, (size // 2, size // 2), axes, 0, 0, 360, 255, -1, cv2.LINE_AA)
    image = np.full((size, size), rng.randint(120, 255), np.uint8)
    for _ in range(rng.randint(0, 4)):
        cv2.circle(image, (rng.randint(0, size), size // 2), rng.randint(2, 12), rng.randint(0, 255), rng.choice([-1, 2]))
    return image, mask


def headlamp(_, rng):
    """A car's lamp behind glass: an almond or slanted box, bright and dark inside, with reflectors, about a plate's size."""
    height = rng.randint(28, 70)
    width = int(height * rng.uniform(1.4, 4.5))
    slant = rng.uniform(-0.5, 0.5) * height
    mask = np.zeros((height + 60, width), np.uint8)
    tall = [height * rng.uniform(0.25, 0.6), height * rng.uniform(0.25, 0.6)]
    xs = np.linspace(0, 1, 12)
    middle = (height + 60) / 2 + slant * (xs - 0.5)
    belly = np.sin(np.pi * np.clip(xs * 0.9 + 0.05, 0, 1)) ** rng.uniform(0.2, 0.8)
    upper = np.stack([xs * (width - 1), middle - belly * tall[0]], 1)
    lower = np.stack([xs * (width - 1), middle + belly * tall[1]], 1)[::-1]
    cv2.fillPoly(mask, [np.concatenate([upper, lower]).astype(np.int32)], 255, cv2.LINE_AA)
    back = rng.randint(60, 230)
    image = np.full(mask.shape, back, np.uint8)
    for _ in range(rng.randint(2, 6)):
        centre = (rng.randint(0, width), int((height + 60) / 2 + rng.uniform(-0.2, 0.2) * height))
        cv2.circle(image, centre, rng.randint(4, max(5, height // 2)), rng.randint(10, 255), rng.choice([-1, 2, 4]), cv2.LINE_AA)
    for _ in range(rng.randint(0, 14)):
        x = rng.randint(0, width)
        cv2.line(image, (x, 0), (x + rng.randint(-12, 12), height + 60), rng.randint(20, 255), rng.randint(1, 4), cv2.LINE_AA)
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 2.0))
    if rng.random() < 0.7:
        cv2.polylines(image, [np.concatenate([upper, lower]).astype(np.int32)], True, rng.randint(10, 90), rng.randint(1, 4), cv2.LINE_AA)
    return image, mask


def round_sign(lettering, rng):
    """Speed limits, wheels, badges: rings with or without a number."""
    size = rng.randint(40, 100)
    mask = np.zeros((size, size), np.uint8)
    cv2.circle(mask, (size // 2, size // 2), size // 2 - 1, 255, -1, cv2.LINE_AA)
    back, front = two_shades(rng, 40)
    image = np.full((size, size), back, np.uint8)
    cv2.circle(image, (size // 2, size // 2), int(size * rng.uniform(0.3, 0.48)), front, rng.randint(2, 9), cv2.LINE_AA)
    if rng.random() < 0.5:
        text = lettering.mask(words(rng)[:rng.randint(1, 4)], size // 3)[:size, :size]
        y, x = (size - text.shape[0]) // 2, (size - text.shape[1]) // 2
        place = image[y:y + text.shape[0], x:x + text.shape[1]]
        place[text > 127] = front
    else:
        for spoke in range(rng.choice([0, 5, 6, 10])):
            angle = spoke * 6.283 / 6
            end = (int(size / 2 + size * 0.4 * np.cos(angle)), int(size / 2 + size * 0.4 * np.sin(angle)))
            cv2.line(image, (size // 2, size // 2), end, front, rng.randint(1, 5), cv2.LINE_AA)
    return image, mask


PATCHES = [(free_text, 5), (sign, 6), (stripes, 3), (lattice, 3), (blank_box, 4), (lamp, 2), (headlamp, 4), (round_sign, 2)]


def patch(lettering, rng):
    """One thing that is no plate, up to about 400 px wide."""
    draw = rng.choices([p[0] for p in PATCHES], [p[1] for p in PATCHES])[0]
    image, mask = draw(lettering, rng)
    shrink = min(1.0, 400 / image.shape[1], 260 / image.shape[0])
    if shrink < 1:
        size = (max(4, int(image.shape[1] * shrink)), max(4, int(image.shape[0] * shrink)))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        mask = mask if mask is None else cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    return image, mask


def noise(numbers, width, height, octaves):
    """Smooth noise of zero mean and about unit deviation: coarse random grids, enlarged and summed."""
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        grid = numbers.standard_normal((2 + 3 * 2 ** octave, 2 + 4 * 2 ** octave), dtype=np.float32)
        total += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC) / 1.5 ** octave
    return total / max(1e-3, float(total.std()))


def twigs(scene, rng, numbers):
    """Bare branches, hedges and cables before a lighter or darker ground."""
    height, width = scene.shape
    shade, reach = rng.choice([rng.randint(0, 60), rng.randint(120, 255)]), rng.uniform(4, 22)
    for _ in range(rng.choice([15, 60, 200])):
        start = np.array([rng.uniform(0, width), rng.uniform(0, height)])
        drift = numbers.standard_normal(2) * reach * 0.6
        steps = start + np.cumsum(drift + numbers.standard_normal((rng.randint(3, 9), 2)) * reach * 0.5, 0)
        cv2.polylines(scene, [steps.astype(np.int32)], False, shade, rng.choice([1, 1, 1, 2, 3]), cv2.LINE_AA)


def background(rng, numbers, width=480, height=300):
    """Dead leaves (shapes over shapes, few large and many small) over smooth noise, with lines, twigs and grids."""
    scene = noise(numbers, width, height, rng.randint(1, 5)) * rng.uniform(5, 45) + rng.randint(20, 230)
    scene = np.clip(scene, 0, 255).astype(np.uint8)
    for index in range(rng.choice([0, 10, 40, 120, 300])):
        size = rng.uniform(0.15, 0.6) * height / (1 + index / 8) + 3
        at = (rng.uniform(0, width), rng.uniform(0, height))
        shade = rng.randint(0, 255)
        kind = rng.random()
        if kind < 0.35:
            box = cv2.boxPoints((at, (size * rng.uniform(0.4, 3), size), rng.choice([0, 0, rng.uniform(-90, 90)])))
            cv2.fillPoly(scene, [box.astype(np.int32)], shade)
        elif kind < 0.65:
            cv2.ellipse(scene, (at, (size * rng.uniform(0.3, 2), size), rng.uniform(0, 180)), shade, -1)
        elif kind < 0.85:
            points = np.array(at) + numbers.standard_normal((rng.randint(3, 7), 2)) * size
            cv2.fillPoly(scene, [points.astype(np.int32)], shade)
        else:
            steps = np.cumsum(numbers.standard_normal((rng.randint(2, 12), 2)) * size * 0.4, 0) + np.array(at)
            cv2.polylines(scene, [steps.astype(np.int32)], False, shade, rng.randint(1, 5), cv2.LINE_AA)
    if rng.random() < 0.2:
        twigs(scene, rng, numbers)
    if rng.random() < 0.5:
        grain = noise(numbers, width, height, rng.randint(5, 7)) * rng.uniform(3, 25)
        scene = np.clip(scene + grain, 0, 255).astype(np.uint8)
    return scene


def pools(fonts_folder, seed, patches, backgrounds):
    rng, numbers = random.Random(seed), np.random.default_rng(seed)
    lettering = Lettering(fonts_folder, rng)
    return [patch(lettering, rng) for _ in range(patches)], [background(rng, numbers) for _ in range(backgrounds)]
