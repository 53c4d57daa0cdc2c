"""Splits the road-frames photographs by vehicle into training and validation: python3 road_split.py --data FOLDER.

Frames that share a vehicle (the same plate text) stay together, and so do vehicles that share a frame, so that no
validation vehicle is ever seen while training. Writes road-split.tsv (file, side); no plate text is written.
"""
import argparse
import csv
import hashlib
from collections import defaultdict
from pathlib import Path

VALIDATION_SHARE = 0.25
HERE = Path(__file__).resolve().parent


def read_labels(path):
    with open(path, newline='', encoding='utf-8') as file:
        return list(csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE))


def groups_of(labels):
    """Connected groups of frames: an edge where two frames show the same readable plate."""
    parent = {row['file']: row['file'] for row in labels}

    def root(file):
        while parent[file] != file:
            file = parent[file]
        return file

    first_with = {}
    for row in labels:
        # '?' is no identity: such a plate belongs to its own frame alone.
        if '?' not in row['text']:
            parent[root(row['file'])] = root(first_with.setdefault(row['text'], row['file']))
    groups = defaultdict(set)
    for file in parent:
        groups[root(file)].add(file)
    return sorted(groups.values(), key=min)


def split(labels):
    """The side ('train' or 'val') of every frame; the same for the same labels, whatever their order."""
    def draw(group):
        return hashlib.sha256(('road-split/' + min(group)).encode()).hexdigest()

    total = len({row['file'] for row in labels})
    sides, taken = {}, 0
    for group in sorted(groups_of(labels), key=draw):
        # A group larger than a tenth would make validation a single scene.
        to_validation = len(group) <= total * 0.1 and taken + len(group) <= total * (VALIDATION_SHARE + 0.02)
        taken += len(group) if to_validation else 0
        sides.update((file, 'val' if to_validation else 'train') for file in group)
    return sides


def read_split(path=HERE / 'road-split.tsv'):
    with open(path, encoding='utf-8') as file:
        return dict(line.rstrip('\n').split('\t') for line in file)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', required=True, help='the folder that holds road-frames')
    sides = split(read_labels(Path(parser.parse_args().data) / 'road-frames' / 'labels.tsv'))
    with open(HERE / 'road-split.tsv', 'w', encoding='utf-8') as file:
        file.writelines(f'{name}\t{sides[name]}\n' for name in sorted(sides))
    print({side: list(sides.values()).count(side) for side in ('train', 'val')})


if __name__ == '__main__':
    main()
