"""How a country lays out a text that another one wrote: with its own dashes, gaps and rows wherever it has letters and digits in that order."""
import re
from itertools import product

import numpy as np

SEPARATORS = '-. :*~|'


def layouts_of(settings):
    """{letters and digits, as 'LLDDDLL': [(template, weight)]} of a country's patterns; a template has an 'x' for each character."""
    out = {}
    regions = sorted({len(region) for region in settings.get('regions', [])})
    for pattern, weight in settings['patterns'].items():
        if '<' in pattern:
            continue
        for lengths in product(regions, repeat=pattern.count('R')):
            classes, template = _spelled(pattern, list(lengths))
            out.setdefault(classes, []).append((template, weight / len(regions) ** len(lengths)))
    return out


def laid_out(tokens, layouts, rng):
    """The characters of the tokens in one of the layouts for them; the tokens as they are where there is none."""
    characters = [token for token in tokens if token not in SEPARATORS]
    own = layouts.get(''.join(_class_of(c) for c in characters))
    if own is None:
        return tokens
    weights = np.array([weight for _, weight in own])
    template = own[rng.choice(len(own), p=weights / weights.sum())][0]
    left = iter(characters)
    return [next(left) if token == 'x' else token for token in template]


def _spelled(pattern, lengths):
    """A pattern's letters and digits, its regions so long, and its template."""
    classes, template = '', ''
    for part in re.findall(r'\{[^}]*\}|.', pattern.replace('{D}', 'D')):
        if part in SEPARATORS:
            template += part
            continue
        own = 'L' * lengths.pop(0) if part == 'R' else part if part in 'LD' else ''.join(_class_of(c) for c in part.strip('{}'))
        classes, template = classes + own, template + 'x' * len(own)
    return classes, template


def _class_of(token):
    """D for a digit, L for a letter, a small pair of characters as it is."""
    return token if len(token) > 1 else 'D' if token.isdigit() else 'L'
