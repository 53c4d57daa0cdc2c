"""A file of rendered crops with their truth, as `anpr-node evaluate --rendered` reads it: NAME.bin has the crops one after
another (uint8, camera.reader_input), NAME.jsonl a first line with their size, then one line a crop."""
import json

import numpy as np

from camera import INPUT_BYTES


class RenderedSet:
    """Writes a set; use as a context. Rows: text, country, rows, and where only one thing is varied its curve and value."""

    def __init__(self, path):
        self.crops, self.truth = open(path + '.bin', 'wb'), open(path + '.jsonl', 'w', encoding='utf8')
        self.truth.write(json.dumps({'cropBytes': INPUT_BYTES}) + '\n')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.crops.close()
        self.truth.close()

    def add(self, crop, **row):
        if crop.shape != (INPUT_BYTES,) or crop.dtype != np.uint8:
            raise ValueError(f'a crop of {crop.shape} {crop.dtype}')
        self.crops.write(crop.tobytes())
        self.truth.write(json.dumps(row, separators=(',', ':')) + '\n')
