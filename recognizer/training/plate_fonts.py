"""Glyph bitmaps of every face the renderer draws with: open typefaces, FE-Schrift, parametric skeleton alphabets."""
import glob
import os
import re

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from skeleton_face import SkeletonFace

HERE = os.path.dirname(os.path.abspath(__file__))
ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
GLYPH_HEIGHT = 72


def folded(text):
    """The text with O as 0 and I as 1, which many faces draw alike."""
    return text.replace('O', '0').replace('I', '1')


def trimmed_glyph(font, char):
    """Alpha of one character, cut to its ink, `GLYPH_HEIGHT` rows high."""
    left, top, right, bottom = font.getbbox(char)
    picture = Image.new('L', (right + 20, bottom + 20), 0)
    ImageDraw.Draw(picture).text((10, 5), char, fill=255, font=font)
    alpha = np.asarray(picture)
    rows, columns = np.flatnonzero(alpha.max(1) > 40), np.flatnonzero(alpha.max(0) > 40)
    if not len(rows) or not len(columns):
        return None
    cut = Image.fromarray(alpha[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1])
    return np.asarray(cut.resize((max(6, round(cut.width * GLYPH_HEIGHT / cut.height)), GLYPH_HEIGHT), Image.LANCZOS))


class Face:
    """One typeface: `glyphs[char]` is a uint8 alpha bitmap, 72 rows high; `kind` is sans, fe or skeleton."""

    def __init__(self, kind, glyphs):
        self.kind = kind
        self.glyphs = glyphs
        widths = sorted(g.shape[1] for g in glyphs.values())
        self.median_width = widths[len(widths) // 2]


def load_face(path, kind):
    font = ImageFont.truetype(path, 100)
    glyphs = {c: trimmed_glyph(font, c) for c in ALPHABET}
    return Face(kind, glyphs) if all(g is not None for g in glyphs.values()) else None


def skeleton_face(rng):
    shape = SkeletonFace(rng)
    width = int(GLYPH_HEIGHT * rng.uniform(0.46, 0.68))
    narrow = {'I': 0.35, '1': 0.6, 'J': 0.85, 'M': rng.uniform(0.95, 1.25), 'W': rng.uniform(1.0, 1.3), 'L': 0.92, 'F': 0.95}
    glyphs = {c: shape.glyph(c, max(12, int(width * narrow.get(c, 1.0))), GLYPH_HEIGHT) for c in ALPHABET}
    return Face('skeleton', glyphs)


def all_faces(rng, skeletons=140):
    """{'sans': [...], 'fe': [...], 'skeleton': [...]}."""
    faces = {'sans': [], 'fe': [], 'skeleton': [skeleton_face(rng) for _ in range(skeletons)]}
    pattern = os.path.join(HERE, 'fonts', 'node_modules', '@fontsource', '*', 'files', '*-latin-[4567]00-normal.woff')
    files = sorted(glob.glob(pattern))
    if not files:
        raise SystemExit('no typefaces: run `npm ci` in recognizer/training/fonts first')
    for path in files:
        weight = int(re.search(r'-(\d00)-normal', path).group(1))
        if weight == 400 and any('-600-' in p or '-500-' in p for p in glob.glob(os.path.join(os.path.dirname(path), '*latin-*'))):
            continue
        face = load_face(path, 'sans')
        if face is not None:
            faces['sans'].append(face)
    faces['fe'] = [load_face(p, 'fe') for p in sorted(glob.glob(os.path.join(HERE, 'fonts', 'GL-*.ttf')))]
    return faces
