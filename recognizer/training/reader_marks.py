"""Quick marks of the reader on the real sets while it trains (greedy decoding); `anpr-node evaluate` gives the real ones."""
import os

import numpy as np
import torch

from plate_fonts import ALPHABET, folded
from reader_data import COUNTRIES, RoadPlates, measured_crops


def greedy(columns):
    """Best path of [40,37] log-probabilities."""
    out, last = [], 0
    for k in columns.argmax(1):
        if k != last and k != 0:
            out.append(ALPHABET[k - 1])
        last = k
    return ''.join(out)


def read_all(model, crops):
    """[(text, country, plate probability)] of uint8 crops."""
    model.eval()
    out = []
    with torch.no_grad():
        for i in range(0, len(crops), 64):
            characters, countries, plate = model(torch.from_numpy(np.stack(crops[i:i + 64])))
            out += [(greedy(c.numpy()), COUNTRIES[k], p) for c, k, p in zip(characters, countries.argmax(1).tolist(), torch.sigmoid(plate).tolist())]
    return out


_sets = {}


def _measured(data):
    if not _sets:
        for name in ('eu-plates/val', 'two-row/val'):
            _sets[name] = measured_crops(os.path.join(data, name))
        _sets['road-val'] = RoadPlates(data, 'val').measured()
    return _sets


def reader_marks(model, data):
    """{'eu-plates/val': '88.1 % of 581 ...'} folded exact reads."""
    marks = {}
    for name, items in _measured(data).items():
        reads = read_all(model, [crop for crop, _ in items])
        right = [folded(r[0]) == folded(row['text']) for r, (_, row) in zip(reads, items)]
        country = [r[1] == row['country'] for r, (_, row) in zip(reads, items) if row['country'] in COUNTRIES]
        marks[name] = f'{100 * np.mean(right):.1f}% of {len(items)}, country {100 * np.mean(country):.0f}%, plate {np.mean([r[2] > 0.5 for r in reads]):.3f}'
        good = [ok for ok, (_, row) in zip(right, items) if row.get('quality') == 'good']
        if good:
            marks[name] += f', good {100 * np.mean(good):.1f}%'
    return marks
