"""Mixes the weights of two checkpoints of one training, an earlier and a later one: `mix_reader.py --earlier A.pt --later B.pt --share 0.7 --run runs/mixed`.

What a later leg learns of harder plates costs a little on clear ones; weights between the two keep most of both (M. Wortsman and others,
Robust fine-tuning of zero-shot models, 2022). What the earlier checkpoint has not comes from the later one, and so does a branch for country signs
that had not been trained yet: it begins anew.
"""
import argparse
import os

import torch

from reader_model import SIGNS


def mixed(earlier, later, share):
    """Weights `share` of the way from the earlier to the later checkpoint's; counters are the later's own."""
    begun = earlier.get('signCrops', 0) > 0
    both = {name: tensor for name, tensor in earlier['average'].items() if tensor.is_floating_point() and (begun or not name.startswith(SIGNS))}
    return {name: both[name].lerp(tensor, share) if name in both else tensor for name, tensor in later['average'].items()}


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
    weights = mixed(earlier, later, args.share)
    os.makedirs(args.run, exist_ok=True)
    mixture = {'earlierCrops': earlier['seen'], 'shareOfLater': args.share}
    whole = {name: value for name, value in later.items() if name != 'underWay'}
    torch.save({**whole, 'model': weights, 'average': weights, 'mixture': mixture}, os.path.join(args.run, 'checkpoint.pt'))


if __name__ == '__main__':
    main()
