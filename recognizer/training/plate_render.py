"""Renders flat number plates (luminance) of European countries from countries.yaml: text, layout, bands, seals, screws, rims.

One row: 110 px high at a 520 x 110 mm plate's proportions, scaled to 66; two rows accordingly. No camera effects here (camera.py).
"""
import os
from dataclasses import dataclass

import cv2
import numpy as np
import yaml

from layouts import Layouts
from plate_fonts import ALPHABET, GLYPH_HEIGHT, HERE, all_faces
from plate_marks import PlateMarks, blend
from tellable import Cell, Characters, shapes_of, told_apart

# Personalised and foreign plates carry letters that a country's own series leave out; a reader that never saw them cannot doubt.
RARE_LETTERS = 0.06
# Anyone may wish for anything: a text that follows no series, on a plate of the country's look.
WISHED = 0.05
# A crop may cut so much of a character's width, half as much of its height: of more nobody could tell what stood there.
CUT = 0.45
# Height of characters that stand one above the other, as a share of a full one.
STACKED = 0.46
# Many countries stamp narrow characters in the middle of a place as wide as any other's: who never saw an I so far from its neighbours takes it for a
# T. So many plates do so in full, and so many in part.
EVEN, PARTLY_EVEN = 0.4, 0.2
# So often is a plate or its wear drawn anew where a character could no longer be told.
TRIES = 6
FOLD = {'Ä': 'A', 'Ö': 'O', 'Ü': 'U', 'Š': 'S', 'Č': 'C', 'Ć': 'C', 'Ž': 'Z', 'Đ': 'D'}


@dataclass
class Plate:
    image: np.ndarray  # uint8, rows x columns, luminance
    text: str          # canonical
    country: str
    rows: int
    core: tuple        # left, top, right, bottom in pixels: what a crop must show for the text to be told, each outer character but for CUT of it
    characters: Characters  # of the text, but those with diacritics and small ones

    def lit(self, picture, x, y):
        """Whether its characters can be told under the light of a picture (float32) that shows the plate at x, y."""
        h, w = self.image.shape
        return self.characters.lit(picture[y:y + h, x:x + w], self.image.astype(np.float32))


def load_countries():
    """countries.yaml with the defaults filled in, {code: settings}."""
    with open(os.path.join(HERE, 'countries.yaml'), encoding='utf8') as file:
        raw = yaml.safe_load(file)
    default = raw.pop('default')
    return {code: {**default, **(settings or {})} for code, settings in raw.items()}


def _weighted(rng, table):
    keys = list(table)
    weights = np.array([float(table[k]) for k in keys])
    return keys[rng.choice(len(keys), p=weights / weights.sum())]


# (ink, ground) luminance ranges as a camera's Y plane sees them; some are lower in contrast under infra-red.
COLOURS = {
    'black-white': ((5, 60), (170, 255)), 'black-yellow': ((5, 55), (130, 215)), 'red-white': ((70, 150), (185, 255)),
    'blue-white': ((50, 120), (180, 255)), 'green-white': ((60, 130), (180, 255)), 'white-black': ((150, 250), (5, 60)),
    'white-red': ((180, 250), (60, 110)), 'white-blue': ((170, 250), (30, 90)), 'white-green': ((180, 250), (50, 110)),
}


class PlateRenderer:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.faces = {kind: [face for face in faces if told_apart(face)] for kind, faces in all_faces(np.random.default_rng(seed % 7 + 1)).items()}
        self.marks = PlateMarks(self.rng, self.faces)
        self.countries = load_countries()
        self.wished = WISHED
        # Share of plates with a text as another country writes it, but laid out as their own does: whoever learns from them looks at the plate
        # to name its country, not at the text.
        self.strange = 0.0
        # Whether such a text also takes the seals, dashes and rows of its country where that has no text like it. Who learns to read then sees all that may stand
        # beside characters; who learns to name the country would go by it and not by the sign.
        self.own_layouts = True
        self.layouts = {code: Layouts(settings) for code, settings in self.countries.items()}
        # Of plates of countries that have a band at all, so many show one: whoever learns to read its letters must see them.
        self.signed = 0.0
        # Whether the next plates show a band; None: as often as their country's do.
        self.banded = None
        # How often a country's patterns that may stand in two rows are drawn, against how often it uses them.
        self.two_rows = 1.0
        # Less uneven than on the road, or the signs of small countries would hardly be seen.
        self.shares = {code: s['weight'] ** 0.75 for code, s in self.countries.items()}

    def plate(self):
        code = _weighted(self.rng, self.shares)
        return self.plate_of(code, self._pattern(self.countries[code]))

    def _pattern(self, settings):
        return _weighted(self.rng, {pattern: weight * (self.two_rows if '|' in pattern else 1) for pattern, weight in settings['patterns'].items()})

    def plate_of(self, code, pattern):
        """One plate of a country in a given pattern."""
        rng, settings = self.rng, self.countries[code]
        writer = settings
        if self.strange and rng.random() < self.strange:
            writer = self.countries[_weighted(rng, self.shares)]
            pattern = self._pattern(writer)
        tokens = self._tokens(pattern, writer) if rng.random() >= self.wished else self._wished()
        if writer is not settings:
            pattern = tokens = self.layouts[code].laid_out(tokens, rng, self.two_rows, self.own_layouts)
        rows = [[]]
        split = '|' in pattern and rng.random() < settings['two']
        for token in tokens:
            if token == '|':
                if split:
                    rows.append([])
                continue
            rows[-1].append(token)
        if split:
            rows = [self._without_edge_dashes(r, rng) for r in rows]
        if rng.random() < 0.02:
            rows[0] = ['~'] + rows[0] if rng.random() < 0.5 else rows[0] + ['~']
        text = ''.join(FOLD.get(c, c) for t in tokens for c in t if c in ALPHABET or c in FOLD)
        for _ in range(TRIES):
            face = self._face(settings)
            ink, ground = (rng.uniform(*r) for r in COLOURS[_weighted(rng, settings['colours'])])
            image, core, cells = self._draw(rows, face, ink, ground, settings, code)
            characters = Characters(cells, shapes_of(face), ink < ground)
            if characters.told(image):
                image = self._worn(image, characters, ink, ground)
                break
        return Plate(np.clip(image, 0, 255).astype(np.uint8), text, code, len(rows), core, characters)

    def _worn(self, image, characters, ink, ground):
        """The plate with screws and dirt that leave every character to be told."""
        for _ in range(TRIES):
            worn = image.copy()
            self.marks.wear(worn, ink, ground)
            if characters.still_told(worn, image):
                return worn
        return image

    def _wished(self):
        """A personalised text: a word, a word with a number, or characters at random."""
        rng, kind, length = self.rng, self.rng.random(), int(self.rng.integers(2, 9))
        letters = ''.join(rng.choice(list('AEIOU')) if i % 2 == rng.integers(2) else ALPHABET[rng.integers(10, 36)] for i in range(length))
        if kind < 0.4:
            return list(letters)
        digits = [str(rng.integers(10)) for _ in range(rng.integers(1, 4))]
        if kind < 0.75:
            word = list(letters[:max(1, 8 - len(digits))])
            return word + [rng.choice([' ', '-', '*'])] + digits
        return [ALPHABET[rng.integers(36)] for _ in range(length)]

    def _tokens(self, pattern, settings):
        """Characters to draw; separators, seals and notes as they are; '<..>' stays one token; region codes and literals expanded."""
        rng, out, i = self.rng, [], 0
        while i < len(pattern):
            c = pattern[i]
            if c == '{':
                end = pattern.index('}', i)
                literal = pattern[i + 1:end]
                out += list(literal)
                i = end
            elif c == '<':
                end = pattern.index('>', i)
                out.append(''.join(str(rng.integers(10)) if ch == 'D' else ch for ch in pattern[i:end + 1]))
                i = end
            elif c == 'L':
                rare = rng.random() < RARE_LETTERS
                letters = 'IIOQQQ' if rare else settings['letters']
                out.append(letters[rng.integers(len(letters))])
            elif c == 'D':
                out.append(str(rng.integers(10)))
            elif c == 'R':
                out += list(settings['regions'][rng.integers(len(settings['regions']))])
            else:
                out.append(c)
            i += 1
        return out

    @staticmethod
    def _without_edge_dashes(row, rng):
        if rng.random() < 0.8:
            while row and row[0] in '-. ':
                row = row[1:]
            while row and row[-1] in '-. ':
                row = row[:-1]
        return row

    def _face(self, settings):
        kind = _weighted(self.rng, settings['faces'])
        return self.faces[kind][self.rng.integers(len(self.faces[kind]))]

    def _draw(self, rows, face, ink, ground, settings, code):
        rng = self.rng
        two = len(rows) > 1
        char_h = int(rng.uniform(42, 50)) if not two else int(rng.uniform(36, 46))
        stretch = np.clip(char_h / GLYPH_HEIGHT * rng.uniform(0.82, 1.12) * (0.58 * GLYPH_HEIGHT / face.median_width) ** rng.uniform(0.2, 0.9), 0.25, 1.1)
        gap = rng.uniform(1.5, 7) if not two else rng.uniform(1.5, 5)
        space = rng.uniform(8, 18)
        dash = rng.random() < 0.85
        even = self._evenness() * face.median_width * stretch
        lines = [self._line(row, face, stretch, (gap, space, even), dash) for row in rows]
        text_w = max(sum(w for _, w in line) for line in lines)
        has_band = rng.random() < (max(settings['band'], self.signed) if settings['band'] > 0 else 0) if self.banded is None else self.banded
        wide = has_band and rng.random() < settings['wide'] * (1 - self.signed)
        has_flag = not has_band and rng.random() < settings['flag']
        band_w = 0 if not (has_band or has_flag) else int(rng.uniform(40, 62)) if wide else int(rng.uniform(19, 25))
        sign_w = int(rng.uniform(26, 44)) if not two and code != 'other' and rng.random() < settings['sign'] else 0
        right_w = int(rng.uniform(17, 24)) if rng.random() < settings['right']['share'] else 0
        height = 66 if not two else int(len(rows) * (char_h + 6) + rng.uniform(-8, 18))
        pad = rng.uniform(2, 16) if rng.random() < 0.8 else rng.uniform(10, 40)
        width = int(band_w + right_w + sign_w + text_w + 2 * pad)
        if two:
            width = max(width, int(height * rng.uniform(1.1, 1.5)))
        image = np.full((height, width), ground, np.float32)
        image += rng.uniform(-12, 12) * np.linspace(-1, 1, width, dtype=np.float32)[None, :]
        self.marks.rim(image, ink, ground)
        band_rows = (0, height) if not two or rng.random() < 0.3 else (0, height // 2 + 2)
        if two and code == 'B' and has_band:
            band_rows = (height // 2, height)
        if wide and rng.random() < 0.6:
            inset = (int(rng.uniform(2, 13)), int(rng.uniform(3, 10)))
            self.marks.band(image, inset[0], band_w - inset[0], (band_rows[0] + inset[1], band_rows[1] - inset[1]), None, settings['stars'])
        elif has_band:
            self.marks.band(image, 2, band_w, band_rows, None if wide or code == 'other' else code, settings['stars'])
        elif has_flag:
            self.marks.flag(image, 2, band_w, band_rows if two and rng.random() < 0.5 else (0, height), code, ink)
        if sign_w:
            self.marks.sign(image, width - sign_w, sign_w, code)
        if right_w:
            self.marks.right_band(image, width - sign_w - right_w - 1, right_w, (0, height) if not two else (0, height // 2), settings['right']['mark'])
        between = (height - len(lines) * char_h) / (len(lines) + 1) * (rng.uniform(0.4, 1.6) if two else 1)
        top, written, cells = (height - len(lines) * char_h - (len(lines) - 1) * between) / 2, [], []
        if not two and rng.random() < settings['caption']:
            top += self.marks.caption(image, band_w, width - right_w - sign_w, int(top), ink)
        for index, line in enumerate(lines):
            free = width - band_w - right_w - sign_w - sum(w for _, w in line)
            x = band_w + free * np.clip(rng.normal(0.5, 0.08 if not two else 0.2), 0.1, 0.9)
            if two and has_band and index == 1 and band_rows == (0, height // 2 + 2):
                x = (width - sum(w for _, w in line)) * rng.uniform(0.35, 0.65)
            y = int(top + index * (char_h + between)) + int(rng.integers(-2, 3))
            for token, w in line:
                self._token(image, token, face, (x, y), (w, char_h, gap, stretch), (ink, ground))
                if FOLD.get(token, token)[0] in ALPHABET + '<':
                    written.append((x + w * CUT, y + char_h * CUT / 2, x + w * (1 - CUT), y + char_h * (1 - CUT / 2)))
                if token in ALPHABET:
                    left, glyph_w = self._in_place(face.glyphs[token], x, w, stretch)
                    cells.append(Cell(token, (left, y, left + glyph_w, y + char_h)))
                x += w
        core = np.array(written)
        return image, (*core[:, :2].min(0), *core[:, 2:].max(0)), cells

    def _evenness(self):
        """How wide a place each character has at least, against the face's median: 0 where a narrow one takes no more than it needs, 1 where all have the same."""
        kind = self.rng.random()
        return 1.0 if kind < EVEN else self.rng.uniform(0, 1) if kind < EVEN + PARTLY_EVEN else 0.0

    def _line(self, row, face, stretch, distances, dash):
        """[(token, advance px)]; distances: px between characters, of a space, and the least width of a character's place."""
        out, (gap, space, even) = [], distances
        for token in row:
            base = FOLD.get(token, token)
            if base in ALPHABET:
                out.append((token, max(4, face.glyphs[base].shape[1] * stretch, even) + gap))
            elif token == '*':
                out.append((token, self.rng.uniform(10, 40)))
            elif token == '~':
                out.append((token, self.rng.uniform(12, 36)))
            elif token.startswith('<'):
                widest = max(face.glyphs[c].shape[1] for c in token[1:-1])
                out.append((token, max(4, widest * stretch * STACKED) + gap))
            elif token == '-' and dash:
                out.append((token, space * self.rng.uniform(0.8, 1.3)))
            elif token in '.:':
                out.append((token, space * 0.8))
            else:
                out.append((' ', space))
        return out

    @staticmethod
    def _in_place(glyph, x, advance, stretch):
        """Left edge and width, in pixels, of a glyph in the middle of its place."""
        width = max(4, round(glyph.shape[1] * stretch))
        return int(x + (advance - width) / 2), width

    def _token(self, image, token, face, at, size, tones):
        x, y = at
        advance, char_h, gap, stretch = size
        ink, ground = tones
        base = FOLD.get(token, token)
        if base in ALPHABET:
            glyph = face.glyphs[base]
            h, (left, w) = char_h, self._in_place(glyph, x, advance, stretch)
            if token in FOLD:
                h = int(char_h * 0.84)
                for dx in ((0.3, 0.7) if token in 'ÄÖÜ' else (0.5,)):
                    cv2.circle(image, (int(left + w * dx), int(y + char_h * 0.06)), 3, float(ink), -1, cv2.LINE_AA)
            blend(image, cv2.resize(glyph, (w, h), interpolation=cv2.INTER_AREA), left, y + char_h - h, ink)
        elif token.startswith('<'):
            h = int(char_h * STACKED)
            for row, c in enumerate(token[1:-1]):
                w = max(3, int(face.glyphs[c].shape[1] * stretch * STACKED))
                blend(image, cv2.resize(face.glyphs[c], (w, h), interpolation=cv2.INTER_AREA), int(x + gap / 2), y + row * (char_h - h), ink)
        elif token == '~':
            self.marks.note(image, (int(x), y), (int(advance), char_h), (ink, ground))
        elif token == '*':
            self.marks.seal(image, int(x + advance / 2), y, char_h, advance, ground)
        elif token == '-':
            yy, t = int(y + char_h * self.rng.uniform(0.45, 0.55)), max(2, int(char_h * self.rng.uniform(0.07, 0.15)))
            cv2.rectangle(image, (int(x + advance * 0.2), yy - t // 2), (int(x + advance * 0.8), yy + t // 2), float(ink), -1)
        elif token in '.:':
            for fy in ((0.5,) if token == '.' else (0.35, 0.65)):
                cv2.circle(image, (int(x + advance / 2), int(y + char_h * fy)), max(2, int(char_h * 0.06)), float(ink), -1, cv2.LINE_AA)
