"""Takes channels out of a reader that ships: `narrow_reader.py --models ../models --channels 16 32 48 80 128 --run runs/reader`.

In every layer those channels stay whose weights, coming in and going out, are largest. What comes out reads badly until train_reader.py has gone on with
it for some hundred thousand crops, best with --teacher ../models (the wide one); it gets further than a narrow reader that begins with nothing.
"""
import argparse
import os

import torch

from plate_fonts import HERE
from reader_data import COUNTRIES, ReaderData
from reader_model import CHANNELS, Reader
from shipped_reader import folded_biases, normalise, shipped_reader

# Layers that share their channels: (which of CHANNELS, layers that make them, layers that take them). Residual blocks add to what they took.
SHARED = (
    (0, ('stem.0',), ('stem.1',)),
    (1, ('stem.1',), ('stem.2',)),
    (2, ('stem.2', 'body.0.b', 'body.1.b'), ('body.0.a', 'body.1.a', 'body.2')),
    (2, ('body.0.a',), ('body.0.b',)),
    (2, ('body.1.a',), ('body.1.b',)),
    (3, ('body.2', 'body.3.b'), ('body.3.a', 'collapse')),
    (3, ('body.3.a',), ('body.3.b',)),
    (4, ('collapse', 'line.0.b'), ('line.0.a', 'characters', 'squeeze')),
    (4, ('line.0.a',), ('line.0.b',)),
)


def narrowed(reader, channels, crops):
    """A Reader of fewer channels with the wide one's most weighty ones; it has the wide one's biases, and statistics of the crops."""
    biases = folded_biases(reader)
    layers = dict(reader.named_modules())
    conv = lambda name: layers[name] if name == 'characters' else layers[name][0]
    for which, makers, takers in SHARED:
        coming = sum(conv(name).weight.data.flatten(1).norm(dim=1) for name in makers)
        going = sum(conv(name).weight.data.transpose(0, 1).flatten(1).norm(dim=1) for name in takers)
        kept = (coming * going).topk(channels[which]).indices.sort().values
        for name in makers:
            conv(name).weight.data, biases[name] = conv(name).weight.data[kept], biases[name][kept]
        for name in takers:
            conv(name).weight.data = conv(name).weight.data[:, kept]
    narrow = Reader(reader.sign_head[-1].out_features, channels).eval()
    own, weights = narrow.state_dict(), reader.state_dict()
    narrow.load_state_dict({name: weights[name] if weights[name].shape == tensor.shape else tensor for name, tensor in own.items()})
    normalise(narrow, biases, crops)
    return narrow


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--models', required=True, help='folder with the wide reader.onnx and its card')
    parser.add_argument('--channels', type=int, nargs=5, default=CHANNELS)
    parser.add_argument('--run', default=os.path.join(HERE, 'runs', 'reader'), help='folder that train_reader.py then goes on with')
    parser.add_argument('--statistics', type=int, default=512, help='rendered crops from which statistics are taken')
    args = parser.parse_args()
    if os.path.exists(os.path.join(args.run, 'checkpoint.pt')):
        parser.error(f'{args.run} has a checkpoint already')
    crops = torch.from_numpy(ReaderData(None, 98).batch(args.statistics)[0])
    reader, card = shipped_reader(args.models, crops)
    if card['countries'] != COUNTRIES:
        parser.error('that reader names other countries than countries.yaml')
    narrow = narrowed(reader, args.channels, crops)
    os.makedirs(args.run, exist_ok=True)
    weights, earlier = narrow.state_dict(), card['training']
    torch.save({'model': weights, 'average': weights, 'seen': 0, 'signCrops': earlier.get('signCrops', 0), 'step': 0, 'channels': narrow.channels,
                'countries': COUNTRIES, 'narrowedFrom': {'sha256': card['sha256'], 'crops': earlier['crops'], 'parameters': card['parameters']}},
               os.path.join(args.run, 'checkpoint.pt'))


if __name__ == '__main__':
    main()
