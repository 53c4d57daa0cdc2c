"""Mixes the weights of two checkpoints of one training, an earlier and a later one: `mix_reader.py --earlier A.pt --later B.pt --share 0.7 --run runs/mixed`.

What a later leg learns of harder plates costs a little on clear ones; weights between the two keep most of both (M. Wortsman and others,
Robust fine-tuning of zero-shot models, 2022). The branch for country signs and all that the earlier checkpoint has not come from the later one.
"""
import argparse
import os

import torch

from reader_model import SIGNS


def mixed(earlier, later, share):
    """Weights `share` of the way from the earlier to the later; counters are the later's own."""
    return {name: (tensor if name not in earlier or name.startswith(SIGNS) or not tensor.is_floating_point() else earlier[name].lerp(tensor, share))
            for name, tensor in later.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--earlier', required=True)
    parser.add_argument('--later', required=True)
    parser.add_argument('--share', type=float, default=0.7)
    parser.add_argument('--run', required=True, help='folder that export_reader.py then takes')
    args = parser.parse_args()
    earlier, later = torch.load(args.earlier), torch.load(args.later)
    if earlier['countries'] != later['countries']:
        parser.error('the checkpoints do not name the same countries')
    weights = mixed(earlier['average'], later['average'], args.share)
    os.makedirs(args.run, exist_ok=True)
    mixture = {'earlierCrops': earlier['seen'], 'shareOfLater': args.share}
    torch.save({**later, 'model': weights, 'average': weights, 'mixture': mixture}, os.path.join(args.run, 'checkpoint.pt'))


if __name__ == '__main__':
    main()
