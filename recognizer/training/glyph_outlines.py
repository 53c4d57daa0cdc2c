"""Writes firmware-host/demo/glyphs.json: the letters of the demo's plates as SVG path data.

The demo draws its plates on machines that have no fonts, so the outlines of a few open faces are kept as data.
Every outline is scaled to a cap height of 1000 units, y up, baseline at 0.

    npm install --prefix FACES @fontsource/barlow @fontsource/barlow-semi-condensed @fontsource/overpass
    python3 glyph_outlines.py --fontsource FACES/node_modules/@fontsource --nummernschild GL-Nummernschild-Mtl.ttf \
        --out firmware-host/demo/glyphs.json

Needs fontTools. Licences of the faces: firmware-host/demo/NOTICE.
"""

import argparse
import json
from pathlib import Path

from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
CAP_HEIGHT = 1000


def outlines(font: TTFont) -> dict:
    """Each letter's advance and path, both in units of a thousandth of the cap height."""
    glyphs = font.getGlyphSet()
    names = font.getBestCmap()
    bounds = BoundsPen(glyphs)
    glyphs[names[ord("H")]].draw(bounds)
    _, baseline, _, top = bounds.bounds
    scale = CAP_HEIGHT / (top - baseline)
    result = {}
    for letter in LETTERS:
        glyph = glyphs[names[ord(letter)]]
        pen = SVGPathPen(glyphs, ntos=lambda number: str(round(number)))
        glyph.draw(TransformPen(pen, (scale, 0, 0, scale, 0, -baseline * scale)))
        result[letter] = {"advance": round(glyph.width * scale), "path": pen.getCommands()}
    return result


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--fontsource", type=Path, required=True, help="folder of the @fontsource packages")
    arguments.add_argument("--nummernschild", type=Path, required=True, help="GL-Nummernschild as TrueType")
    arguments.add_argument("--out", type=Path, required=True)
    given = arguments.parse_args()
    files = {"nummernschild": given.nummernschild}
    for package, weight in (
        ("barlow", 600),
        ("barlow-semi-condensed", 600),
        ("overpass", 700),
    ):
        files[package] = given.fontsource / package / "files" / f"{package}-latin-{weight}-normal.woff"
    faces = {name: outlines(TTFont(path)) for name, path in files.items()}
    given.out.write_text(json.dumps({"capHeight": CAP_HEIGHT, "faces": faces}, indent=2) + "\n")


if __name__ == "__main__":
    main()
