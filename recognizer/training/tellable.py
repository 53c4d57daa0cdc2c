"""Whether each character of a drawn plate can still be told from every other: what a dot of dirt or a lamp has made of another character, nobody reads right.

Characters are compared as a person would who knows the typeface: the picture of each with every character of its face.
"""
import functools
from dataclasses import dataclass

import cv2
import numpy as np

from plate_fonts import ALPHABET, folded

# Height in pixels at which characters are compared; a stroke is three or four of them thick.
HEIGHT = 24
# Ground around a character's box that counts too: what lies there can make a T of an I.
AROUND = 2
# Of what sets a character apart from another, marks may take a quarter.
KEPT = 0.75
# Light may take three quarters more of the contrast of any part of a character than of other parts, and must leave some grey levels of 255.
FAINTEST, FAINTEST_LEVELS = 0.25, 6.0
# Parts of a character, down and across: without the lower one an E is an F.
PARTS = (3, 2)
# A part shows contrast where so much of it is ink, and so much ground, and it had so much of what others have.
BOTH, CONTRAST = 0.12, 0.5
# Two characters of a typeface that differ by less than so many pixels of full contrast, somewhat blurred, are for headlines: those of FE-Schrift differ by 6.
LEAST_APART, BLUR, SHIFTS = 4.5, 1.2, 3
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
        self.known, self.parts = {}, {}

    def of(self, char):
        """(pictures [36, pixels], each of zero mean and unit length; which of them count as another character; height and width of that place)."""
        if char not in self.known:
            size = HEIGHT + 2 * AROUND, self.glyphs[char].shape[1] + 2 * AROUND
            pictures = np.stack([_unit(_placed(self.glyphs[c], *size)) for c in ALPHABET])
            self.known[char] = pictures, OTHERS[ALPHABET.index(char)], size
        return self.known[char]

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
        """Whether every character is nearest to itself."""
        return all((self._margins(image, cell) >= 0).all() for cell in self.cells)

    def still_told(self, marked, image):
        """Whether marks left every character a share KEPT of what set it apart from each other."""
        for cell in self.cells:
            left, top, right, bottom = cell.box
            if (marked[top:bottom, left:right] != image[top:bottom, left:right]).any():
                if (self._margins(marked, cell) < KEPT * self._margins(image, cell)).any():
                    return False
        return True

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
        """By how much a character correlates more with its own shape than with each that does not count as the same."""
        pictures, others, size = self.shapes.of(cell.char)
        seen = np.einsum('ij,j->i', pictures, _unit(_patch(image, cell, size))) * (-1 if self.dark else 1)
        return (seen[ALPHABET.index(cell.char)] - seen)[others]


def _small(glyph):
    return cv2.resize(glyph, (max(3, round(glyph.shape[1] * HEIGHT / glyph.shape[0])), HEIGHT), interpolation=cv2.INTER_AREA)


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


def _patch(image, cell, size):
    (left, top, right, bottom), (height, width) = cell.box, size
    # Across, the typeface may be stretched; down it never is.
    across, down = (right - left) / (width - 2 * AROUND) * AROUND, (bottom - top) / HEIGHT * AROUND
    x0, x1 = max(0, round(left - across)), min(image.shape[1], round(right + across))
    y0, y1 = max(0, round(top - down)), min(image.shape[0], round(bottom + down))
    return cv2.resize(image[y0:y1, x0:x1], (width, height), interpolation=cv2.INTER_AREA)
