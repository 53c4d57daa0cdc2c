"""How a country lays out a text that another one wrote: with its own dashes, gaps, seals and rows."""
import re
from itertools import product

import numpy as np

SEPARATORS = '-. :*~|'
# A layout that has a place too many or too few is drawn so much less often than one that fits.
A_PLACE_OFF = 0.3
# By more than so many places no layout is stretched or cut.
MOST_OFF = 3


class Layouts:
    """A country's layouts, from its patterns; a template has an 'x' for each character."""

    def __init__(self, settings):
        # {letters and digits, as 'LLDDDLL': [(template, weight)]}
        self._by_classes = {}
        self._by_length = {}
        regions = sorted({len(region) for region in settings.get('regions', [])})
        for pattern, weight in settings['patterns'].items():
            if '<' in pattern:
                continue
            for lengths in product(regions, repeat=pattern.count('R')):
                classes, template = _spelled(pattern, list(lengths))
                self._by_classes.setdefault(classes, []).append((template, weight / len(regions) ** len(lengths)))

    def laid_out(self, tokens, rng, two_rows=1.0, nearly=True):
        """
        The characters of the tokens as the country lays out letters and digits in that order; where it has none such, as one of its texts of about so
        many characters (`nearly`), or as they are. Layouts in two rows are drawn so much more often.
        """
        characters = [token for token in tokens if token not in SEPARATORS]
        own = self._by_classes.get(''.join(_class_of(c) for c in characters))
        if not own and nearly:
            own = self._of_length(len(characters))
        if not own:
            return tokens
        weights = np.array([weight * (two_rows if '|' in template else 1) for template, weight in own])
        template = own[rng.choice(len(own), p=weights / weights.sum())][0]
        left = iter(characters)
        return [next(left) if token == 'x' else token for token in template]

    def _of_length(self, places):
        """[(template, weight)] of all layouts, made so long."""
        if places not in self._by_length:
            every = [one for some in self._by_classes.values() for one in some]
            fitted = [(_of_places(template, places), weight * A_PLACE_OFF ** abs(template.count('x') - places)) for template, weight in every
                      if abs(template.count('x') - places) <= MOST_OFF]
            self._by_length[places] = [(template, weight) for template, weight in fitted if all('x' in row for row in template.split('|'))]
        return self._by_length[places]


def _of_places(template, places):
    """The template with places added beside the last one or taken from the end."""
    while template.count('x') > places:
        last = template.rindex('x')
        template = (template[:last] + template[last + 1:]).rstrip('-. :')
    last = template.rfind('x')
    return template[:last] + 'x' * (places - template.count('x')) + template[last:]


def _spelled(pattern, lengths):
    """A pattern's letters and digits, its regions so long, and its template."""
    classes, template = '', ''
    for part in re.findall(r'\{[^}]*\}|.', pattern):
        if part in SEPARATORS:
            template += part
            continue
        own = 'L' * lengths.pop(0) if part == 'R' else part if part in 'LD' else ''.join(_class_of(c) for c in part.strip('{}'))
        classes, template = classes + own, template + 'x' * len(own)
    return classes, template


def _class_of(token):
    """D for a digit, L for a letter, a small pair of characters as it is."""
    return token if len(token) > 1 else 'D' if token.isdigit() else 'L'
