"""Parametric plate alphabets: letters as strokes in a unit box, drawn with random proportions.

Dutch, Belgian, French and British plate letters are constant-stroke grotesques that no open face matches. A skeleton with a
superellipse exponent (2: round, 4: boxy), stroke weight and a few alternative forms covers the family they belong to.
Shapes follow the public drawings of the national standards in kind, not in detail.
"""
import cv2
import numpy as np

_SHIFT = 4
# However boxy a face is, its O and 8 are no boxier than this: their corners tell them from D and B.
ROUNDER = 2.7


class SkeletonFace:
    def __init__(self, rng):
        self.n = rng.uniform(2.0, 4.5)
        self.weight = rng.uniform(0.10, 0.18)
        self.rng_forms = {name: rng.random() < 0.5 for name in
                          ('one_foot', 'one_flag', 'four_open', 'seven_hook', 'j_bar', 'g_bar', 'zero_slash',
                           'g_spur', 'three_flat', 'r_straight', 'six_round', 'y_low', 'k_joined')}
        self.rng_forms['zero_slash'] = rng.random() < 0.06
        self.rng_forms['three_flat'] = rng.random() < 0.15
        self.waist = rng.uniform(0.46, 0.54)
        self.bar = rng.uniform(0.6, 0.76)
        # Half the width of an 8's upper bowl, narrower than a B's.
        self.eight = rng.uniform(0.36, 0.44)
        self.g_height, self.g_reach = rng.uniform(0.5, 0.62), rng.uniform(0.5, 0.8)
        # Half the width of an I's serifs, as a share of its box; an I with one serif at its top left is a 1 to many.
        self.serif = rng.uniform(0.25, 0.5)
        self.i_form = rng.choice(['bar', 'serifs', 'flag'], p=[0.68, 0.26, 0.06])
        # The tail of a Q: through the bowl, from within it, or, as on Belgian plates, small and thinner than its bowl, which is as high as an O.
        self.q_form = rng.choice(['cross', 'short', 'fine'], p=[0.3, 0.3, 0.4])
        self.q_tail, self.q_inside = rng.uniform(0.5, 0.8), rng.uniform(0.54, 0.66)
        # How deep the middle of an M comes down, how high that of a W goes up, and how far their legs lean, as shares of their boxes.
        self.m_depth, self.w_depth = (1.0 if rng.random() < 0.35 else rng.uniform(0.4, 0.9) for _ in range(2))
        self.m_lean, self.w_lean = (rng.uniform(0, 0.16) if rng.random() < 0.4 else 0.0), (rng.uniform(0, 0.16) if rng.random() < 0.4 else rng.uniform(0.18, 0.28))

    def glyph(self, char, width, height):
        """Alpha bitmap (uint8, height x width) of one character."""
        scale = 2
        w, h = width * scale, height * scale
        t = max(2.0, self.weight * h * (0.8 if char in 'MW' else 1.0))
        canvas = np.zeros((h, w), np.uint8)
        for path, share in self._strokes(char):
            thick = t * share
            pts = np.asarray(path, np.float64)
            pts = np.stack([pts[:, 0] * (w - t - 1) + t / 2, pts[:, 1] * (h - t - 1) + t / 2], 1)
            cv2.polylines(canvas, [np.round(pts * (1 << _SHIFT)).astype(np.int32)], False, 255, max(1, int(round(thick))), cv2.LINE_AA, _SHIFT)
        return cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA)

    def _strokes(self, char):
        """[(path, share of the face's weight)]."""
        paths = self._paths(char)
        fine = char == 'Q' and self.q_form == 'fine'
        return [(path, self.q_tail if fine and index else 1.0) for index, path in enumerate(paths)]

    def _arc(self, cx, cy, rx, ry, a0, a1, rounder=False):
        a = np.radians(np.linspace(a0, a1, max(6, int(abs(a1 - a0) / 9))))
        c, s = np.cos(a), np.sin(a)
        e = 2.0 / (min(self.n, ROUNDER) if rounder else self.n)
        return list(zip(cx + rx * np.sign(c) * np.abs(c) ** e, cy + ry * np.sign(s) * np.abs(s) ** e))

    def _paths(self, ch):
        f, A, m = self.rng_forms, self._arc, self.waist
        if ch == 'A': return [[(0, 1), (.5, 0), (1, 1)], [(.16, self.bar), (.84, self.bar)]]
        if ch == 'B': return [[(0, 0)] + A(.5, m / 2, .45, m / 2, -90, 90) + [(0, m)], [(0, m)] + A(.52, (1 + m) / 2, .48, (1 - m) / 2, -90, 90) + [(0, 1), (0, 0)]]
        if ch == 'C': return [A(.5, .5, .5, .5, -38, -322)]
        if ch == 'D': return [[(0, 0), (.35, 0)] + A(.42, .5, .58, .5, -90, 90) + [(0, 1), (0, 0)]]
        if ch == 'E': return [[(1, 0), (0, 0), (0, 1), (1, 1)], [(0, m), (.85, m)]]
        if ch == 'F': return [[(1, 0), (0, 0), (0, 1)], [(0, m), (.85, m)]]
        if ch == 'G':
            bar = [(1, self.g_height), (self.g_reach, self.g_height)]
            if f['g_spur']: return [A(.5, .5, .5, .5, -40, -322) + [(1, .86)] + bar]
            return [A(.5, .5, .5, .5, -40, -360) + bar + ([] if f['g_bar'] else [(1, self.g_height), (1, 1)])]
        if ch == 'H': return [[(0, 0), (0, 1)], [(1, 0), (1, 1)], [(0, m), (1, m)]]
        if ch == 'I':
            serifs = {'bar': [], 'serifs': [[(.5 - self.serif, y), (.5 + self.serif, y)] for y in (0, 1)], 'flag': [[(0, .16), (.5, 0)]]}
            return [[(.5, 0), (.5, 1)]] + serifs[self.i_form]
        if ch == 'J': return [([(.35, 0)] if f['j_bar'] else []) + [(1, 0), (1, .6)] + A(.5, .65, .5, .35, 0, 165)]
        if ch == 'K':
            return [[(0, 0), (0, 1)], [(1, 0), (0, .62)], [(.38, .38), (1, 1)]] if not f['k_joined'] else [[(0, 0), (0, 1)], [(1, 0), (.08, .5), (1, 1)]]
        if ch == 'L': return [[(0, 0), (0, 1), (1, 1)]]
        if ch == 'M': return [[(0, 1), (self.m_lean, 0), (.5, self.m_depth), (1 - self.m_lean, 0), (1, 1)]]
        if ch == 'N': return [[(0, 1), (0, 0), (1, 1), (1, 0)]]
        if ch == 'O': return [A(.5, .5, .5, .5, 0, 360, True)]
        if ch == '0': return [A(.5, .5, .5, .5, 0, 360, True)] + ([[(.15, .85), (.85, .15)]] if f['zero_slash'] else [])
        if ch == 'P': return [[(0, 1), (0, 0)] + A(.5, .28, .5, .28, -90, 90) + [(0, .56)]]
        if ch == 'Q' and self.q_form == 'fine': return [A(.47, .5, .47, .5, 0, 360, True), [(self.q_inside, self.q_inside + .12), (1, 1)]]
        if ch == 'Q': return [A(.48, .46, .48, .46, 0, 360, True), [(.46, .6), (1, 1)] if self.q_form == 'cross' else [(.64, .72), (1, 1)]]
        if ch == 'R':
            leg = [(.6, .54), (.6 if f['r_straight'] else .45, .54), (1, 1)]
            return [[(0, 1), (0, 0)] + A(.5, .27, .5, .27, -90, 90) + [(0, .54)], leg]
        if ch == 'S': return [A(.5, m / 2, .48, m / 2, -25, -270) + A(.5, (1 + m) / 2, .5, (1 - m) / 2, -90, 155)]
        if ch == 'T': return [[(0, 0), (1, 0)], [(.5, 0), (.5, 1)]]
        if ch == 'U': return [[(0, 0)] + A(.5, .6, .5, .4, 180, 0) + [(1, 0)]]
        if ch == 'V': return [[(0, 0), (.5, 1), (1, 0)]]
        if ch == 'W': return [[(0, 0), (self.w_lean, 1), (.5, 1 - self.w_depth), (1 - self.w_lean, 1), (1, 0)]]
        if ch == 'X': return [[(0, 0), (1, 1)], [(1, 0), (0, 1)]]
        if ch == 'Y':
            y = .6 if f['y_low'] else .5
            return [[(0, 0), (.5, y), (1, 0)], [(.5, y), (.5, 1)]]
        if ch == 'Z': return [[(0, 0), (1, 0), (0, 1), (1, 1)]]
        if ch == '1': return [([(.12, .28)] if f['one_flag'] else [(.25, .2)]) + [(.6, 0), (.6, 1)]] + ([[(.2, 1), (1, 1)]] if f['one_foot'] and f['one_flag'] else [])
        if ch == '2': return [A(.5, .28, .5, .28, 190, 370) + [(.96, .42), (0, 1), (1, 1)]]
        if ch == '3':
            if f['three_flat']: return [[(0, 0), (1, 0), (.45, .4)] + A(.5, .7, .5, .3, -90, 160)]
            return [A(.48, m / 2, .46, m / 2, -160, 90), A(.48, (1 + m) / 2, .52, (1 - m) / 2, -90, 160)]
        if ch == '4': return [[(.62, 0), (0, .72), (1, .72)], [(.74, .35 if f['four_open'] else 0), (.74, 1)]] + ([] if f['four_open'] else [[(.62, 0), (.74, 0)]])
        if ch == '5': return [[(.92, 0), (.1, 0), (.04, .46)] + A(.48, .68, .52, .32, -125, 155)]
        if ch == '6':
            if f['six_round']: return [A(.5, .5, .5, .5, -40, -180) + [(0, .65)], A(.5, .69, .5, .31, 0, 360)]
            return [[(.7, 0), (.06, .58)], A(.5, .68, .5, .32, 0, 360)]
        if ch == '7': return [([(0, .14)] if f['seven_hook'] else []) + [(0, 0), (1, 0), (.35, 1)]]
        if ch == '8': return [A(.5, m / 2, self.eight, m / 2, 0, 360, True), A(.5, (1 + m) / 2, .5, (1 - m) / 2, 0, 360, True)]
        if ch == '9':
            if f['six_round']: return [A(.5, .31, .5, .31, 0, 360), [(1, .35)] + A(.5, .5, .5, .5, 0, 140)]
            return [A(.5, .32, .5, .32, 0, 360), [(.94, .42), (.3, 1)]]
        return []
