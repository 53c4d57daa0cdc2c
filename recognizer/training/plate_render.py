"""Renders flat number plates (luminance) of European countries from countries.yaml: text, layout, bands, seals, screws, rims.

One row: 110 px high at a 520 x 110 mm plate's proportions, scaled to 66; two rows accordingly. No camera effects here (camera.py).
"""
import os
from dataclasses import dataclass

import cv2
import numpy as np
import yaml

from plate_fonts import ALPHABET, GLYPH_HEIGHT, HERE, all_faces

# Personalised and foreign plates carry letters that a country's own series leave out; a reader that never saw them cannot doubt.
RARE_LETTERS = 0.05
FOLD = {'Ä': 'A', 'Ö': 'O', 'Ü': 'U', 'Š': 'S', 'Č': 'C', 'Ć': 'C', 'Ž': 'Z', 'Đ': 'D'}


@dataclass
class Plate:
    image: np.ndarray  # uint8, rows x columns, luminance
    text: str          # canonical
    country: str
    rows: int


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
        self.faces = all_faces(np.random.default_rng(seed % 7 + 1))
        self.countries = load_countries()
        self.shares = {code: s['weight'] for code, s in self.countries.items()}

    def plate(self):
        code = _weighted(self.rng, self.shares)
        return self.plate_of(code, _weighted(self.rng, self.countries[code]['patterns']))

    def plate_of(self, code, pattern):
        """One plate of a country in a given pattern."""
        rng, settings = self.rng, self.countries[code]
        tokens = self._tokens(pattern, settings)
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
        face = self._face(settings)
        ink, ground = (rng.uniform(*r) for r in COLOURS[_weighted(rng, settings['colours'])])
        image = self._draw(rows, face, ink, ground, settings, code)
        text = ''.join(FOLD.get(t, t) for t in tokens if len(t) == 1 and (t in ALPHABET or t in FOLD))
        return Plate(image, text, code, len(rows))

    def _tokens(self, pattern, settings):
        """Characters to draw; separators as they are; '*' a seal; region codes and literals expanded."""
        rng, out, i = self.rng, [], 0
        while i < len(pattern):
            c = pattern[i]
            if c == '{':
                end = pattern.index('}', i)
                literal = pattern[i + 1:end]
                out += [str(rng.integers(10)) if literal == 'D' else ch for ch in literal]
                i = end
            elif c == 'L':
                rare = rng.random() < RARE_LETTERS
                letters = 'IIIOQ' if rare else settings['letters']
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
        lines = [self._line(row, face, char_h, stretch, gap, space, dash) for row in rows]
        text_w = max(sum(w for _, w in line) for line in lines)
        has_band = rng.random() < settings['band']
        wide = has_band and rng.random() < settings['wide']
        band_w = 0 if not has_band else int(rng.uniform(40, 58)) if wide else int(rng.uniform(19, 25))
        sign_w = int(rng.uniform(26, 44)) if not two and code != 'other' and rng.random() < settings['sign'] else 0
        right_w = int(rng.uniform(17, 24)) if rng.random() < settings['right'] else 0
        height = 66 if not two else int(len(rows) * (char_h + 6) + rng.uniform(8, 18))
        pad = rng.uniform(2, 16) if rng.random() < 0.8 else rng.uniform(10, 40)
        width = int(band_w + right_w + sign_w + text_w + 2 * pad)
        if two:
            width = max(width, int(height * rng.uniform(1.1, 1.5)))
        image = np.full((height, width), ground, np.float32)
        image += rng.uniform(-12, 12) * np.linspace(-1, 1, width, dtype=np.float32)[None, :]
        self._rim(image, ink, ground)
        band_rows = (0, height) if not two or rng.random() < 0.3 else (0, height // 2 + 2)
        if two and code == 'B' and has_band:
            band_rows = (height // 2, height)
        if has_band:
            self._band(image, 2, band_w, band_rows, None if wide or code == 'other' else code)
        if sign_w:
            self._sign(image, width - sign_w, sign_w, code)
        if right_w:
            self._band(image, width - sign_w - right_w - 1, right_w, (0, height) if not two else (0, height // 2), None, stars=False)
        top = (height - len(lines) * char_h) / (len(lines) + 1)
        for index, line in enumerate(lines):
            free = width - band_w - right_w - sign_w - sum(w for _, w in line)
            x = band_w + free * np.clip(rng.normal(0.5, 0.08 if not two else 0.2), 0.1, 0.9)
            if two and has_band and index == 1 and band_rows == (0, height // 2 + 2):
                x = (width - sum(w for _, w in line)) * rng.uniform(0.35, 0.65)
            y = int(top + index * (char_h + top)) + int(rng.integers(-2, 3))
            for token, w in line:
                self._token(image, token, face, (x, y), (w, char_h, gap, stretch), (ink, ground))
                x += w
        self._marks(image, ink, ground)
        return np.clip(image, 0, 255).astype(np.uint8)

    def _line(self, row, face, char_h, stretch, gap, space, dash):
        """[(token, advance px)]"""
        out = []
        for token in row:
            base = FOLD.get(token, token)
            if base in ALPHABET:
                out.append((token, max(4, face.glyphs[base].shape[1] * stretch) + gap))
            elif token == '*':
                out.append((token, self.rng.uniform(10, 28)))
            elif token == '-' and dash:
                out.append((token, space * self.rng.uniform(0.8, 1.3)))
            elif token in '.:':
                out.append((token, space * 0.8))
            else:
                out.append((' ', space))
        return out

    def _token(self, image, token, face, at, size, tones):
        x, y = at
        advance, char_h, gap, stretch = size
        ink, ground = tones
        base = FOLD.get(token, token)
        if base in ALPHABET:
            glyph = face.glyphs[base]
            h, w = char_h, max(4, int(round(glyph.shape[1] * stretch)))
            if token in FOLD:
                h = int(char_h * 0.84)
                for dx in ((0.3, 0.7) if token in 'ÄÖÜ' else (0.5,)):
                    cv2.circle(image, (int(x + gap / 2 + w * dx), int(y + char_h * 0.06)), 3, float(ink), -1, cv2.LINE_AA)
            self._blend(image, cv2.resize(glyph, (w, h), interpolation=cv2.INTER_AREA), int(x + gap / 2), y + char_h - h, ink)
        elif token == '*':
            self._seal(image, int(x + advance / 2), y, char_h, advance, ground)
        elif token == '-':
            yy, t = int(y + char_h * self.rng.uniform(0.45, 0.55)), max(2, int(char_h * self.rng.uniform(0.07, 0.15)))
            cv2.rectangle(image, (int(x + advance * 0.2), yy - t // 2), (int(x + advance * 0.8), yy + t // 2), float(ink), -1)
        elif token in '.:':
            for fy in ((0.5,) if token == '.' else (0.35, 0.65)):
                cv2.circle(image, (int(x + advance / 2), int(y + char_h * fy)), max(2, int(char_h * 0.06)), float(ink), -1, cv2.LINE_AA)

    @staticmethod
    def _blend(image, alpha, x, y, tone):
        h, w = alpha.shape
        x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + w, image.shape[1]), min(y + h, image.shape[0])
        if x1 <= x0 or y1 <= y0:
            return
        a = alpha[y0 - y:y1 - y, x0 - x:x1 - x].astype(np.float32) / 255
        image[y0:y1, x0:x1] += a * (tone - image[y0:y1, x0:x1])

    def _seal(self, image, cx, y, char_h, advance, ground):
        """Inspection and district seals, coats of arms, stickers with a digit, an empty place."""
        rng, r = self.rng, int(advance * 0.45)
        kind = rng.random()
        if kind < 0.08:
            return
        for cy in ([y + char_h * 0.25, y + char_h * 0.73] if rng.random() < 0.45 else [y + char_h * rng.uniform(0.3, 0.6)]):
            tone, other = self._two_tones(ground)
            cy = int(cy)
            if kind < 0.45:
                cv2.circle(image, (cx, cy), r, tone, -1, cv2.LINE_AA)
                self._ornament(image, cx, cy, r, other)
                cv2.circle(image, (cx, cy), r, float(rng.uniform(30, 200)), 1, cv2.LINE_AA)
            elif kind < 0.72:
                tall = rng.uniform(1.0, 1.9)
                points = np.array([(cx - r, cy - r * tall), (cx + r, cy - r * tall), (cx + r, cy + r * .3), (cx, cy + r * tall), (cx - r, cy + r * .3)], np.int32)
                cv2.fillPoly(image, [points], tone, cv2.LINE_AA)
                self._ornament(image, cx, cy, r, other)
                cv2.polylines(image, [points], True, float(rng.uniform(20, 200)), 1, cv2.LINE_AA)
            else:
                tall = int(r * rng.uniform(1.0, 1.8))
                cv2.rectangle(image, (cx - r, cy - tall), (cx + r, cy + tall), tone, -1)
                if rng.random() < 0.6:
                    face = self.faces['sans'][rng.integers(len(self.faces['sans']))]
                    h = max(5, int(tall * 1.4))
                    glyph = cv2.resize(face.glyphs[ALPHABET[rng.integers(10)]], (max(3, int(r * 1.2)), h), interpolation=cv2.INTER_AREA)
                    self._blend(image, glyph, cx - glyph.shape[1] // 2, cy - h // 2, other)
                else:
                    self._ornament(image, cx, cy, r, other)
                cv2.rectangle(image, (cx - r, cy - tall), (cx + r, cy + tall), float(rng.uniform(30, 200)), 1)

    def _two_tones(self, ground):
        rng = self.rng
        tone = float(rng.uniform(40, 210)) if rng.random() < 0.75 else float(ground * rng.uniform(0.8, 1.0))
        return tone, float((tone + rng.uniform(60, 160)) % 256)

    def _ornament(self, image, cx, cy, r, tone):
        """What a seal or coat of arms shows at a few pixels: a blob, a cross, checks, strokes."""
        rng, kind = self.rng, self.rng.integers(5)
        if kind == 0:
            cv2.circle(image, (cx, cy), max(1, int(r * rng.uniform(0.3, 0.7))), tone, -1, cv2.LINE_AA)
        elif kind == 1:
            cv2.line(image, (cx, cy - r), (cx, cy + r), tone, 2)
            cv2.line(image, (cx - r + 1, cy), (cx + r - 1, cy), tone, 2)
        elif kind == 2:
            step = max(2, r // 2)
            for i, yy in enumerate(range(cy - r, cy + r, step)):
                for xx in range(cx - r + step * (i % 2), cx + r, 2 * step):
                    cv2.rectangle(image, (xx, yy), (xx + step - 1, yy + step - 1), tone, -1)
        else:
            for _ in range(int(rng.integers(2, 7))):
                at = rng.integers(-r, r + 1, 4) * 0.75
                cv2.line(image, (int(cx + at[0]), int(cy + at[1])), (int(cx + at[2]), int(cy + at[3])), tone, int(rng.integers(1, 3)))

    def _sign(self, image, x, width, code):
        """A country sign as a sticker or plaque of its own beside the plate's text (the Belgian B, ovals of old plates)."""
        rng, h = self.rng, image.shape[0]
        image[:, x:x + width] = rng.uniform(150, 255) if rng.random() < 0.8 else rng.uniform(10, 90)
        ink = float(rng.uniform(5, 80)) if image[0, x] > 128 else float(rng.uniform(170, 250))
        scale = h / 36 * rng.uniform(0.7, 1.0) / max(1, len(code)) ** 0.6
        font = int(rng.choice([cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_DUPLEX])) | (cv2.FONT_ITALIC if rng.random() < 0.5 else 0)
        (tw, th), _ = cv2.getTextSize(code, font, scale, 2)
        cv2.putText(image, code, (x + (width - tw) // 2, (h + th) // 2), font, scale, ink, 2, cv2.LINE_AA)
        cv2.rectangle(image, (x, 1), (x + width - 1, h - 2), float(rng.uniform(5, 120)), int(rng.integers(1, 3)))

    def _band(self, image, x, width, band_rows, code, stars=True):
        rng = self.rng
        y0, y1 = band_rows
        y0 += 2 if y0 == 0 else 0
        y1 -= 2 if y1 == image.shape[0] else 0
        tone = rng.uniform(30, 130) if rng.random() < 0.93 else rng.uniform(150, 220)
        image[y0:y1, x:x + width] = tone
        light = rng.uniform(170, 250)
        cx, height = x + width // 2, y1 - y0
        if stars and rng.random() < 0.85:
            middle = width > 30
            cy, r = int(y0 + height * (0.5 if middle else 0.3)), min(width * 0.34, height * 0.3)
            for a in np.arange(12) * np.pi / 6:
                cv2.circle(image, (int(round(cx + r * np.cos(a))), int(round(cy + r * np.sin(a)))), 1, float(light), -1)
        elif rng.random() < 0.5:
            cv2.rectangle(image, (x + 3, y0 + 4), (x + width - 4, int(y0 + height * 0.45)), float(rng.uniform(60, 230)), -1)
        letters = code
        if code is None:
            if rng.random() < 0.15 or width > 30:
                return
            letters = ''.join(ALPHABET[rng.integers(36)] for _ in range(rng.integers(1, 4))) if rng.random() < 0.5 else f'{rng.integers(1, 96):02d}'
        face = self.faces['sans'][rng.integers(len(self.faces['sans']))]
        h = int(height * rng.uniform(0.2, 0.3))
        w_all = [max(3, int(face.glyphs[c].shape[1] * h / GLYPH_HEIGHT)) for c in letters]
        squeeze = min(1.0, (width - 4) / max(1, sum(w_all) + len(letters)))
        gx = cx - (sum(w_all) + len(letters)) * squeeze / 2
        gy = int(y0 + height * rng.uniform(0.58, 0.68))
        for c, w in zip(letters, w_all):
            w = max(2, int(w * squeeze))
            self._blend(image, cv2.resize(face.glyphs[c], (w, h), interpolation=cv2.INTER_AREA), int(gx), gy, light)
            gx += w + squeeze

    def _rim(self, image, ink, ground):
        rng = self.rng
        if rng.random() < 0.75:
            inset, h, w = int(rng.integers(0, 4)), *image.shape
            tone = ink if rng.random() < 0.6 else ground * rng.uniform(0.5, 0.9)
            cv2.rectangle(image, (inset, inset), (w - 1 - inset, h - 1 - inset), float(tone), int(rng.integers(1, 4)))

    def _marks(self, image, ink, ground):
        """Screws, dirt, stickers at the edge, a line of small text of the maker."""
        rng, (h, w) = self.rng, image.shape
        if rng.random() < 0.4:
            for fx in ((0.18, 0.82) if rng.random() < 0.6 else (rng.uniform(0.1, 0.9),)):
                cv2.circle(image, (int(w * fx), int(h * rng.choice([0.12, 0.5, 0.88]))), int(rng.integers(2, 5)), float(rng.uniform(20, 240)), -1, cv2.LINE_AA)
        if rng.random() < 0.15:
            for _ in range(int(rng.integers(1, 14))):
                cv2.circle(image, (int(rng.integers(w)), int(rng.integers(h))), int(rng.integers(1, 4)), float(rng.uniform(30, 150)), -1, cv2.LINE_AA)
        if rng.random() < 0.05:
            x, y, s = int(rng.integers(w)), int(rng.integers(h)), int(rng.integers(5, 14))
            cv2.rectangle(image, (x, y), (x + s, y + s), float(rng.uniform(20, 240)), -1)
