"""Whether each character of a drawn plate can still be told from every other: what a dot of dirt, a rim or a lamp has made of another character, nobody reads right.

Characters are compared as a person would who knows the typeface: the picture of each with every character of its face.
"""
import functools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from plate_fonts import ALPHABET, folded

# Height in pixels at which characters are compared; a stroke is three or four of them thick.
HEIGHT = 24
# Ground around a character's box that counts too: what lies there can make a T of an I.
AROUND = 2
# Of what sets a character apart from another, marks may take a sixth, rims and neighbours a third; and no mark leads further than a tenth of the way to another.
KEPT, DRAWN, LED = 0.83, 0.67, 0.1
# Height in pixels at which marks are asked whether they make another character of one: its foot or hook may lie far beside it.
COARSE = 12
# Light may take three quarters more of the contrast of any part of a character than of other parts, and must leave some grey levels of 255.
FAINTEST, FAINTEST_LEVELS = 0.25, 6.0
# Parts of a character, down and across: without the lower one an E is an F.
PARTS = (3, 2)
# A part shows contrast where so much of it is ink, and so much ground, and it had so much of what others have.
BOTH, CONTRAST = 0.12, 0.5
# Two characters of a typeface that differ by less than so many pixels of full contrast, somewhat blurred, are for headlines: those of FE-Schrift differ by 6.
LEAST_APART, BLUR, SHIFTS = 5.5, 1.2, 8
# By row and column of ALPHABET, which two do not count as the same.
OTHERS = np.array([[folded(a) != folded(b) for b in ALPHABET] for a in ALPHABET])


@dataclass
class Cell:
    char: str     # of ALPHABET
    box: tuple    # left, top, right, bottom of the character in pixels of the flat plate


class Shapes:
    """What the characters of one face look like, each character of the alphabet in the place of a given one."""

    def __init__(self, face):
        self.glyphs = {c: _small(glyph) for c, glyph in face.glyphs.items()}
        self.coarse = {c: _small(glyph, COARSE).astype(np.float32) / 255 for c, glyph in face.glyphs.items()}
        self.known, self.parts, self.ways = {}, {}, {}

    def of(self, char):
        """(pictures [36, pixels], each of zero mean and unit length; by how much each that counts as another differs from the character; height and width of that place)."""
        if char not in self.known:
            size = HEIGHT + 2 * AROUND, self.glyphs[char].shape[1] + 2 * AROUND
            pictures = np.stack([_unit(_placed(self.glyphs[c], *size)) for c in ALPHABET])
            at = ALPHABET.index(char)
            apart = 1 - np.einsum('ij,j->i', pictures, pictures[at])
            self.known[char] = pictures, np.where(OTHERS[at], apart, np.nan), size
        return self.known[char]

    def ways_from(self, char):
        """
        [others, pixels] whose product with the ink that marks add is the share of the way that they lead from a character to each other one,
        laid over it as well as it fits; height and width of that place, and how much of it lies above and beside the character's box.
        """
        if char not in self.ways:
            own = self.coarse[char]
            above, beside = COARSE * AROUND // HEIGHT, (max(glyph.shape[1] for glyph in self.coarse.values()) - own.shape[1]) // 2 + 2
            place = np.pad(own, [(above, above), (beside, beside)])
            ways = []
            for other, counts in zip(ALPHABET, OTHERS[ALPHABET.index(char)]):
                if counts:
                    glyph = self.coarse[other]
                    fit = np.einsum('aij,ij->a', sliding_window_view(place[above:above + COARSE], glyph.shape)[0], glyph)
                    way, left = -place, int(fit.argmax())
                    way[above:above + COARSE, left:left + glyph.shape[1]] += glyph
                    ways.append(way.ravel() / np.square(way).sum())
            self.ways[char] = np.stack(ways), (*place.shape, above, beside)
        return self.ways[char]

    def parts_of(self, char):
        """[parts, pixels] whose product with a picture is by how much ground is lighter than ink, in each part that has enough of both; height and width."""
        if char not in self.parts:
            pictures, _, (height, width) = self.of(char)
            ink = pictures[ALPHABET.index(char)] > 0
            part = (np.arange(height)[:, None] * PARTS[0] // height * PARTS[1] + np.arange(width)[None] * PARTS[1] // width).ravel()
            both = [(ink & (part == k), ~ink & (part == k)) for k in range(PARTS[0] * PARTS[1])]
            enough = [(i, g) for i, g in both if min(i.sum(), g.sum()) >= BOTH * (i | g).sum()]
            self.parts[char] = np.array([g / g.sum() - i / i.sum() for i, g in enough], np.float32).reshape(len(enough), -1), (height, width)
        return self.parts[char]


def told_apart(face):
    """Whether every two characters of a face, one laid over the other as well as they fit, differ as those of typefaces for plates do."""
    glyphs = [_small(face.glyphs[c]).astype(np.float32) / 255 for c in ALPHABET]
    size = HEIGHT + 2 * AROUND, max(g.shape[1] for g in glyphs) + 2 * (AROUND + SHIFTS)
    pictures = np.stack([cv2.GaussianBlur(_placed(g, *size), (0, 0), BLUR) for g in glyphs])
    flat = pictures.reshape(len(glyphs), -1)
    energy = np.einsum('ij,ij->i', flat, flat)
    differences = [energy[:, None] + energy - 2 * np.einsum('ik,jk->ij', flat, np.roll(pictures, shift, 2).reshape(flat.shape)) for shift in range(-SHIFTS, SHIFTS + 1)]
    return bool(np.min(differences, 0)[OTHERS].min() >= LEAST_APART)


@functools.cache
def shapes_of(face):
    """The shapes of a face, made once."""
    return Shapes(face)


@dataclass
class Characters:
    """The characters that stand on a flat plate; its pictures are float32, 0 to 255."""
    cells: list     # of Cell
    shapes: Shapes
    dark: bool      # dark ink on light ground

    def told(self, image):
        """Whether every character kept a share DRAWN of what sets it apart from each other one of its face."""
        return all((self._margins(image, cell) >= DRAWN).all() for cell in self.cells)

    def still_told(self, marked, image):
        """Whether marks left every character a share KEPT of what set it apart from each other, and lead none further than LED of the way to another."""
        added = marked - image
        return all(self._kept(marked, image, cell) and self._led(added, image, cell) <= LED for cell in self.cells)

    def _kept(self, marked, image, cell):
        left, top, right, bottom = cell.box
        if (marked[top:bottom, left:right] == image[top:bottom, left:right]).all():
            return True
        return bool((self._margins(marked, cell) >= KEPT * self._margins(image, cell)).all())

    def _led(self, added, image, cell):
        """Which share of the way to another character marks lead at most, whatever stands around it."""
        left, top, right, bottom = cell.box
        reach = bottom - top
        if not added[max(0, top - reach):bottom + reach, max(0, left - reach):right + reach].any():
            return 0.0
        ways, (height, width, *around) = self.shapes.ways_from(cell.char)
        marks = _patch(added, cell, (height, width), around).ravel()
        return float(np.einsum('ij,j->i', ways, marks / self._ink(image, cell)).max())

    def _ink(self, image, cell):
        """By how many levels a character is lighter than its ground: below zero where the ink is dark."""
        pictures, _, size = self.shapes.of(cell.char)
        shape = pictures[ALPHABET.index(cell.char)]
        levels = float(np.einsum('i,i->', shape, _patch(image, cell, size).ravel()) * (shape.max() - shape.min()))
        return min(levels, -1.0) if self.dark else max(levels, 1.0)

    def lit(self, image, before):
        """Whether light left every part of every character some of the contrast that it had."""
        had, has = self._contrasts(before), self._contrasts(image)
        shown = had > CONTRAST * np.median(had) if len(had) else np.zeros(0, bool)
        if not shown.any():
            return True
        left = has[shown] / had[shown]
        return bool(has[shown].min() >= FAINTEST_LEVELS and left.min() >= FAINTEST * np.median(left))

    # Not by BLAS, here and below: its threads cost a renderer beside a training more than they bring.
    def _contrasts(self, image):
        """By how many levels the ground is lighter than dark ink (darker than light ink) in each part of each character."""
        parts = [np.einsum('ij,j->i', k, _patch(image, cell, size).ravel()) for cell in self.cells for k, size in (self.shapes.parts_of(cell.char),)]
        return np.concatenate([*parts, np.empty(0, np.float32)]) * (1 if self.dark else -1)

    def _margins(self, image, cell):
        """By how much a character correlates more with its own shape than with each that does not count as the same; 1 is as much as by itself."""
        pictures, apart, size = self.shapes.of(cell.char)
        seen = np.einsum('ij,j->i', pictures, _unit(_patch(image, cell, size))) * (-1 if self.dark else 1)
        return ((seen[ALPHABET.index(cell.char)] - seen) / apart)[np.isfinite(apart)]


def _small(glyph, height=HEIGHT):
    return cv2.resize(glyph, (max(3, round(glyph.shape[1] * height / glyph.shape[0])), height), interpolation=cv2.INTER_AREA)


def _placed(glyph, height, width):
    """The glyph in the middle of a canvas, cut where it is wider."""
    canvas = np.zeros((height, width), np.float32)
    cut = max(0, (glyph.shape[1] - width + 1) // 2)
    shown = glyph[:, cut:cut + width]
    left = (width - shown.shape[1]) // 2
    canvas[AROUND:AROUND + HEIGHT, left:left + shown.shape[1]] = shown
    return canvas


def _unit(picture):
    flat = picture.astype(np.float32).ravel()
    flat -= flat.mean()
    return flat / (np.sqrt(np.square(flat).sum()) + 1e-6)


def _patch(image, cell, size, around=(AROUND, AROUND)):
    """What a picture shows at a cell, in so many pixels down and across; so many of them lie above (below) and beside its box."""
    (left, top, right, bottom), (height, width), (above, beside) = cell.box, size, around
    # Across, the typeface may be stretched; down it never is.
    across, down = (right - left) / (width - 2 * beside) * beside, (bottom - top) / (height - 2 * above) * above
    x0, x1, y0, y1 = round(left - across), round(right + across), round(top - down), round(bottom + down)
    beyond = max(0, -y0), max(0, y1 - image.shape[0]), max(0, -x0), max(0, x1 - image.shape[1])
    shown = image[max(0, y0):y1, max(0, x0):x1]
    if any(beyond):
        shown = cv2.copyMakeBorder(shown, *beyond, cv2.BORDER_REPLICATE)
    return cv2.resize(shown, (width, height), interpolation=cv2.INTER_AREA)
