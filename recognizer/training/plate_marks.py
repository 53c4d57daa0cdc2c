"""What a plate carries besides its text: bands, seals, coats of arms, country signs, notes, captions, rims, screws, dirt."""
import cv2
import numpy as np

from plate_fonts import ALPHABET, GLYPH_HEIGHT


# Lettering beside the registration is at most this share as high: if it were as large, nobody could say that it does not belong to it.
SMALL = 0.5


def blend(image, alpha, x, y, tone):
    """Draws a glyph's alpha bitmap in a tone, cut at the picture's edges."""
    h, w = alpha.shape
    x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + w, image.shape[1]), min(y + h, image.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    a = alpha[y0 - y:y1 - y, x0 - x:x1 - x].astype(np.float32) / 255
    image[y0:y1, x0:x1] += a * (tone - image[y0:y1, x0:x1])


class PlateMarks:
    """Draws marks on a flat plate picture (float32 luminance)."""

    def __init__(self, rng, faces):
        self.rng, self.faces = rng, faces

    def seal(self, image, cx, y, char_h, advance, ground):
        """Inspection and district seals, coats of arms, stickers with a digit, an empty place."""
        rng, r = self.rng, int(advance * 0.45)
        kind = rng.random()
        if kind < 0.08:
            return
        for cy in ([y + char_h * 0.25, y + char_h * 0.73] if rng.random() < 0.45 else [y + char_h * rng.uniform(0.3, 0.6)]):
            tone, other = self._two_tones(ground)
            cy = int(cy)
            if kind < 0.45:
                self._round_seal(image, (cx, cy), r, (tone, other))
            elif kind < 0.72:
                tall = rng.uniform(1.0, 1.9)
                if rng.random() < 0.3:
                    # Many arms are a light shield with a dark outline, as large as a character and easily read as one.
                    tone, other = float(ground * rng.uniform(0.85, 1.05)), float(rng.uniform(20, 120))
                points = np.array([(cx - r, cy - r * tall), (cx + r, cy - r * tall), (cx + r, cy + r * .3), (cx, cy + r * tall), (cx - r, cy + r * .3)], np.int32)
                cv2.fillPoly(image, [points], tone, cv2.LINE_AA)
                self._ornament(image, cx, cy, r, other)
                cv2.polylines(image, [points], True, float(rng.uniform(20, 200)), 1, cv2.LINE_AA)
            else:
                tall = int(r * rng.uniform(1.0, 1.8))
                cv2.rectangle(image, (cx - r, cy - tall), (cx + r, cy + tall), tone, -1)
                if rng.random() < 0.6:
                    face = self.faces['sans'][rng.integers(len(self.faces['sans']))]
                    h = max(5, int(min(tall * 1.4, char_h * SMALL)))
                    glyph = cv2.resize(face.glyphs[ALPHABET[rng.integers(10)]], (max(3, int(r * 1.2)), h), interpolation=cv2.INTER_AREA)
                    blend(image, glyph, cx - glyph.shape[1] // 2, cy - h // 2, other)
                else:
                    self._ornament(image, cx, cy, r, other)
                cv2.rectangle(image, (cx - r, cy - tall), (cx + r, cy + tall), float(rng.uniform(30, 200)), 1)

    def _round_seal(self, image, centre, r, tones):
        """A disc with an ornament, in half of them small and within a ring, which an O as high would be too."""
        rng, (tone, other) = self.rng, tones
        cv2.circle(image, centre, r, tone, -1, cv2.LINE_AA)
        ringed = r > 6 and rng.random() < 0.5
        self._ornament(image, *centre, int(r * rng.uniform(0.45, 0.65)) if ringed else r, other)
        if ringed:
            cv2.circle(image, centre, int(r * rng.uniform(0.65, 0.9)), other, int(rng.integers(1, 4)), cv2.LINE_AA)
        cv2.circle(image, centre, r, float(rng.uniform(30, 200)), int(rng.integers(1, 3)), cv2.LINE_AA)

    def _two_tones(self, ground):
        rng = self.rng
        tone = float(rng.uniform(40, 210)) if rng.random() < 0.6 else float(ground * rng.uniform(0.8, 1.0))
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

    def sign(self, image, x, width, code):
        """A country sign as a sticker or plaque of its own beside the plate's text (the Belgian B, ovals of old plates)."""
        rng, h = self.rng, image.shape[0]
        image[:, x:x + width] = rng.uniform(150, 255) if rng.random() < 0.7 else rng.uniform(10, 90)
        ink = float(rng.uniform(5, 80)) if image[0, x] > 128 else float(rng.uniform(170, 250))
        if rng.random() < 0.2:
            self._stars(image, (x + width // 2, h // 2), min(width, h) * 0.42, ink)
        scale = h / 36 * rng.uniform(0.7, 1.0) / max(1, len(code)) ** 0.6
        font = int(rng.choice([cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_DUPLEX])) | (cv2.FONT_ITALIC if rng.random() < 0.5 else 0)
        (tw, th), _ = cv2.getTextSize(code, font, scale, 2)
        cv2.putText(image, code, (x + (width - tw) // 2, (h + th) // 2), font, scale, ink, 2, cv2.LINE_AA)
        cv2.rectangle(image, (x, 1), (x + width - 1, h - 2), float(rng.uniform(5, 120)), int(rng.integers(1, 3)))

    def band(self, image, x, width, band_rows, code, stars):
        """The band at the left, or a wide block with the circle of stars alone."""
        rng = self.rng
        y0, y1 = self._within(image, band_rows)
        tone = rng.uniform(30, 130) if rng.random() < 0.93 else rng.uniform(150, 220)
        image[y0:y1, x:x + width] = tone
        light = rng.uniform(170, 250)
        cx, height = x + width // 2, y1 - y0
        if rng.random() < stars:
            middle = width > 30
            self._stars(image, (cx, int(y0 + height * (0.5 if middle else 0.3))), min(width * 0.34, height * 0.3), float(light))
        elif rng.random() < 0.5:
            cv2.rectangle(image, (x + 3, y0 + 4), (x + width - 4, int(y0 + height * 0.45)), float(rng.uniform(60, 230)), -1)
        if code is not None:
            self._centred_text(image, code, (cx, int(y0 + height * rng.uniform(0.56, 0.7))), (width - 4, height * rng.uniform(0.13, 0.32)), light)

    def flag(self, image, x, width, band_rows, code, ink):
        """What many plates show in place of a band: a flag or arms, and the country's letters below, on the plate's own ground."""
        rng = self.rng
        y0, y1 = self._within(image, band_rows)
        height, left, top = y1 - y0, x + 3, int(y0 + (y1 - y0) * rng.uniform(0.1, 0.3))
        bottom, stripes = int(top + height * rng.uniform(0.16, 0.32)), int(rng.integers(1, 4))
        for stripe in range(stripes):
            ends = [top + (bottom - top) * k // stripes for k in (stripe, stripe + 1)]
            cv2.rectangle(image, (left, ends[0]), (x + width - 4, ends[1] - 1), float(rng.uniform(40, 240)), -1)
        if stripes == 1:
            self._ornament(image, x + width // 2, (top + bottom) // 2, (bottom - top) // 2, float(rng.uniform(40, 240)))
        if rng.random() < 0.5:
            cv2.rectangle(image, (left, top), (x + width - 4, bottom), float(ink), 1)
        self._centred_text(image, code, (x + width // 2, int(y0 + height * rng.uniform(0.54, 0.7))), (width - 3, height * rng.uniform(0.13, 0.28)), ink)

    @staticmethod
    def _stars(image, centre, r, tone):
        for a in np.arange(12) * np.pi / 6:
            cv2.circle(image, (int(round(centre[0] + r * np.cos(a))), int(round(centre[1] + r * np.sin(a)))), 1, tone, -1)

    def right_band(self, image, x, width, band_rows, kind):
        """The second band at the right: `department` (an emblem over a number), `province` (a year in a ring over letters), `date` (two numbers)."""
        rng = self.rng
        y0, y1 = self._within(image, band_rows)
        height, cx, room = y1 - y0, x + width // 2, width - 3
        dark = kind != 'date' or rng.random() < 0.2
        image[y0:y1, x:x + width] = rng.uniform(30, 130) if dark else rng.uniform(130, 220)
        tone = float(rng.uniform(150, 250) if dark else rng.uniform(10, 70))
        number = f'{rng.integers(1, 100):02d}'
        at = lambda share: (cx, int(y0 + height * (share + rng.uniform(-0.05, 0.05))))
        if kind == 'province':
            if rng.random() < 0.85:
                centre = at(0.24)
                cv2.circle(image, centre, int(width * rng.uniform(0.36, 0.46)), tone, 1, cv2.LINE_AA)
                self._centred_text(image, number, (centre[0], centre[1] - int(height * 0.08)), (room * 0.7, height * rng.uniform(0.14, 0.2)), tone)
            layout = rng.random()
            letters = ''.join(ALPHABET[rng.integers(10, 36)] for _ in range(2)) if layout < 0.92 else 'ROMA'
            if layout < 0.45 or layout > 0.9:
                self._centred_text(image, letters, at(0.6), (room, height * rng.uniform(0.2, 0.32)), float(rng.uniform(170, 250)))
            elif layout < 0.65:
                for letter, share in zip(letters, (0.48, 0.7)):
                    self._centred_text(image, letter, at(share), (room, height * 0.2), float(rng.uniform(170, 250)))
        elif kind == 'department':
            if rng.random() < 0.85:
                self._emblem(image, x + 3, y0 + int(height * 0.12), width - 6, int(height * 0.38))
            if rng.random() < 0.92:
                number = number if rng.random() < 0.93 else rng.choice(['2A', '2B', '971', '974', '976'])
                self._centred_text(image, number, at(0.64), (room, height * rng.uniform(0.18, 0.28)), tone)
        else:
            for share in (0.2, 0.56):
                self._centred_text(image, f'{rng.integers(0, 100):02d}', at(share), (room, height * rng.uniform(0.18, 0.28)), tone)

    def _within(self, image, rows):
        """The rows of a band, a rim's breadth from the plate's edges."""
        y0, y1 = rows
        return y0 + (2 if y0 == 0 else 0), y1 - (2 if y1 == image.shape[0] else 0)

    def _emblem(self, image, x, y, width, height):
        """A region's arms or flag at a few pixels: patches and strokes of any tones."""
        rng = self.rng
        if rng.random() < 0.7:
            cv2.rectangle(image, (x, y), (x + width, y + height), float(rng.uniform(40, 250)), -1)
        for _ in range(int(rng.integers(1, 5))):
            ax, bx = sorted(rng.integers(x, x + width + 1, 2).tolist())
            ay, by = sorted(rng.integers(y, y + height + 1, 2).tolist())
            cv2.rectangle(image, (ax, ay), (bx, by), float(rng.uniform(30, 250)), -1 if rng.random() < 0.7 else 1)

    def _centred_text(self, image, letters, at, room, tone):
        """Small letters around a column, from a row downwards, within a width and a height."""
        (cx, y), (width, h) = at, room
        face, h = self.faces['sans'][self.rng.integers(len(self.faces['sans']))], max(5, int(h))
        widths = [max(3, int(face.glyphs[c].shape[1] * h / GLYPH_HEIGHT)) for c in letters]
        squeeze = min(1.0, width / max(1, sum(widths) + len(letters)))
        # Signs of three letters are smaller, not only narrower.
        y, h = y + int(h * (1 - squeeze ** 0.6) / 2), max(5, int(h * squeeze ** 0.6))
        x = cx - (sum(widths) + len(letters)) * squeeze / 2
        for c, w in zip(letters, widths):
            w = max(2, int(w * squeeze))
            blend(image, cv2.resize(face.glyphs[c], (w, h), interpolation=cv2.INTER_AREA), int(x), y, tone)
            x += w + squeeze

    def note(self, image, at, size, tones):
        """Small lettering that is no part of the registration: months, years, a duplicate's number, a block with a code, a pictogram."""
        rng, (x, y), (width, char_h) = self.rng, at, size
        tone, ground = tones
        w = max(8, width - 4)
        top, bottom = y + int(char_h * rng.uniform(-0.05, 0.3)), y + int(char_h * rng.uniform(0.6, 1.05))
        if rng.random() < 0.35:
            block = float(rng.uniform(30, 230))
            cv2.rectangle(image, (x, top), (x + w, bottom), block, -1)
            tone = block + 110 if block < 128 else block - 110
        elif rng.random() < 0.25:
            cv2.rectangle(image, (x, top), (x + w, bottom), float(tone), 1)
        if rng.random() < 0.15:
            self._ornament(image, x + w // 2, (top + bottom) // 2, max(3, w // 2), float(tone))
            return
        rows, face = int(rng.integers(1, 4)), self.faces['sans'][rng.integers(len(self.faces['sans']))]
        row_h = (bottom - top) / rows
        for row in range(rows):
            letters = ''.join(ALPHABET[rng.integers(10 if rng.random() < 0.6 else 36)] for _ in range(rng.integers(1, 4)))
            self._small_text(image, letters, face, (x + 1, int(top + row * row_h + 1)), (w - 2, max(4, int(min(row_h - 2, char_h * SMALL)))), tone)

    def caption(self, image, left, right, height, ink):
        """A line of small words above the registration; returns by how much the text moves down."""
        rng = self.rng
        words = ''.join(ALPHABET[rng.integers(10, 36)] if rng.random() < 0.87 else ' ' for _ in range(rng.integers(4, 18)))
        face, h = self.faces['sans'][rng.integers(len(self.faces['sans']))], int(rng.uniform(5, 10))
        self._small_text(image, words, face, (left + int((right - left) * rng.uniform(0.02, 0.3)), max(1, height - h // 2 - 2)), (int((right - left) * 0.68), h), ink)
        return h // 2

    def _small_text(self, image, letters, face, at, size, tone):
        """One line of small letters within a box."""
        x, y = at
        width, h = size
        advances = [max(2, int(face.glyphs[c].shape[1] * h / GLYPH_HEIGHT)) + 1 if c in ALPHABET else 4 for c in letters]
        squeeze = min(1.0, width / max(1, sum(advances)))
        gx = float(x)
        for c, advance in zip(letters, advances):
            w = max(2, int((advance - 1) * squeeze))
            if c in ALPHABET:
                blend(image, cv2.resize(face.glyphs[c], (w, h), interpolation=cv2.INTER_AREA), int(gx), y, float(tone))
            gx += advance * squeeze

    def rim(self, image, ink, ground):
        rng = self.rng
        if rng.random() < 0.75:
            inset, h, w = int(rng.integers(0, 4)), *image.shape
            tone = ink if rng.random() < 0.6 else ground * rng.uniform(0.5, 0.9)
            cv2.rectangle(image, (inset, inset), (w - 1 - inset, h - 1 - inset), float(tone), int(rng.integers(1, 4)))

    def wear(self, image, ink, ground):
        """Screws, dirt, stickers at the edge, a line of small text of the maker."""
        rng, (h, w) = self.rng, image.shape
        if rng.random() < 0.4:
            down = rng.choice([0.06, 0.12, 0.5, 0.88])
            # Nobody drills through the middle of a character.
            side = rng.uniform(0.015, 0.06) if down == 0.5 else 0.18 if rng.random() < 0.3 else rng.uniform(0.06, 0.45)
            for fx in ((side, 1 - side) if rng.random() < 0.8 else (side,)):
                cv2.circle(image, (int(w * fx), int(h * down)), int(rng.integers(2, 5)), float(rng.uniform(20, 240)), -1, cv2.LINE_AA)
        if rng.random() < 0.15:
            for _ in range(int(rng.integers(1, 14))):
                cv2.circle(image, (int(rng.integers(w)), int(rng.integers(h))), int(rng.integers(1, 4)), float(rng.uniform(30, 150)), -1, cv2.LINE_AA)
        if rng.random() < 0.05:
            x, y, s = int(rng.integers(w)), int(rng.integers(h)), int(rng.integers(5, 14))
            cv2.rectangle(image, (x, y), (x + s, y + s), float(rng.uniform(20, 240)), -1)
