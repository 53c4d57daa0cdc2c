"""Trains, exports and describes the plate detector.

    python3 train_detector.py --data FOLDER --minutes 60        train (resumes from runs/detector when it exists)
    python3 train_detector.py --data FOLDER --export            write ../models/detector.onnx and detector.json
    python3 train_detector.py --data FOLDER --smoke             a few steps, export, comparison with ONNX Runtime

Needs PyTorch 1.13 or newer, OpenCV with FreeType and NumPy (Debian: python3-torch, python3-opencv); no GPU.
"""
import argparse
import json
import math
import os
import random
import time
from collections import deque

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset

from detector_card import write_model
from detector_data import Composer
from detector_model import ExportedDetector, PlateDetector
from detector_sample import targets
from evaluate_detector import decoded, detections_of, marks, quad_iou, road_set
from road_split import HERE

VALIDATION_SEED = 90001
CORNER_SHARE = 2.0
REPLAY_MEMORY, REPLAYED = 768, 4


class Crops(IterableDataset):
    """Endless batches; each worker draws from its own seed, which also depends on the step training starts at."""

    def __init__(self, composer, batch, seed):
        self.composer, self.batch, self.seed = composer, batch, seed

    def __iter__(self):
        cv2.setNumThreads(0)
        worker = torch.utils.data.get_worker_info()
        self.composer.reseed(self.seed * 1009 + (worker.id if worker else 0))
        while True:
            yield collated([self.composer.sample() for _ in range(self.batch)])


def collated(samples):
    maps = [targets(sample) for sample in samples]
    batch = [np.stack([sample.image for sample in samples])[:, None]]
    batch += [np.stack([m[i] for m in maps]) for i in range(4)]
    batch.append(np.array([not sample.photograph for sample in samples]))
    return [torch.from_numpy(array) for array in batch]


def losses(logits, corners, heat, weight, wanted, corner_weight):
    """Focal loss of each sample's heat map (CenterNet's form) and the L1 loss of the corners."""
    logits, corners = logits.float()[:, 0], corners.float()
    score = torch.sigmoid(logits)
    peak = heat == 1
    rise = (1 - score) ** 2 * torch.nn.functional.softplus(-logits)
    fall = (1 - heat) ** 4 * score ** 2 * torch.nn.functional.softplus(logits)
    focal = (weight * torch.where(peak, rise, fall)).sum((1, 2))
    distance = ((corners - wanted).abs().mean(1) * corner_weight).sum()
    return focal, distance, peak.sum().clamp(min=1)


class Replay:
    """Keeps the crops that went worst and shows some of them again in each batch.

    Photographs stay out: where one shows a plate nobody labelled, the net would be taught to overlook it.
    """

    def __init__(self, seed):
        self.memory, self.rng = deque(maxlen=REPLAY_MEMORY), random.Random(seed)

    def mix(self, batch):
        if len(self.memory) >= 64:
            for slot in range(REPLAYED):
                index = self.rng.randrange(len(self.memory))
                for target, kept in zip(batch, self.memory[index]):
                    target[slot] = kept
        return batch

    def keep(self, batch, focal):
        worst = torch.argsort(focal, descending=True)[:3].tolist()
        for index in worst:
            if index >= REPLAYED and bool(batch[5][index]) and focal[index] > 0.3:
                self.memory.append([part[index].clone() for part in batch])


class Average:
    """An exponential moving average of the weights, which is what is validated and shipped."""

    def __init__(self, model):
        self.state = {key: value.detach().clone() for key, value in model.state_dict().items()}

    def update(self, model, step):
        decay = min(0.999, (1 + step) / (20 + step))
        for key, value in model.state_dict().items():
            if value.dtype.is_floating_point:
                self.state[key].lerp_(value.detach(), 1 - decay)
            else:
                self.state[key].copy_(value)


def rate(progress, step, peak):
    """Learning rate: a short warm-up, then a cosine over the whole plan."""
    return peak * min(1.0, (step + 1) / 200) * (0.01 + 0.99 * (1 + math.cos(math.pi * min(1.0, progress))) / 2)


def validation(model_state, widths, road, samples):
    """Marks of the averaged weights on held-out road frames and on rendered crops never trained on."""
    model = PlateDetector(widths)
    model.load_state_dict(model_state)
    exported = ExportedDetector(model).eval()
    mark = marks(road, detections_of(exported, road, 0.4), 0.4)
    plates = found = false = 0
    with torch.no_grad():
        for sample in samples:
            maps = exported(torch.from_numpy(sample.image)[None, None])[0].numpy()
            detections = [corners for _, corners in decoded(maps, 0.4)]
            quads = [quad for quad, _ in sample.quads]
            plates += len(quads)
            found += sum(any(quad_iou(c, quad) >= 0.5 for c in detections) for quad in quads)
            if not sample.photograph:
                false += sum(all(quad_iou(c, quad) < 0.3 for quad in quads) for c in detections)
    return {'road': mark['found'] / mark['plates'], 'roadDetections': mark['detections'],
            'synthetic': found / plates, 'syntheticFalse': false / len(samples)}


def total_of(mark):
    """One number to keep the best weights by; the sets that are for measuring only have no say in it."""
    return mark['road'] + mark['synthetic'] - mark['syntheticFalse']


def train(options, folder):
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    model = PlateDetector().to(memory_format=torch.channels_last)
    decayed = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW([{'params': decayed, 'weight_decay': 0.01}, {'params': others, 'weight_decay': 0.0}])
    average, step, elapsed, best = Average(model), 0, 0.0, -1.0
    last = folder / 'last.pt'
    if last.exists():
        state = torch.load(last, map_location='cpu')
        model.load_state_dict(state['model'])
        optimizer.load_state_dict(state['optimizer'])
        average.state = state['average']
        step, elapsed, best = state['step'], state['elapsed'], state['best']
        print(f'resumed at step {step}, {elapsed / 60:.1f} minutes', flush=True)

    elif options.start_from:
        average.state = torch.load(options.start_from, map_location='cpu')['average']
        model.load_state_dict(average.state)

    few = {'plates': 60, 'patches': 60, 'backgrounds': 10} if options.smoke else {}
    held_out = few or {'plates': 400, 'patches': 400, 'backgrounds': 60}
    composer = Composer(options.data, options.fonts, VALIDATION_SEED, 'val', **held_out)
    samples = [composer.sample() for _ in range(20 if options.smoke else 400)]
    road = road_set(options.data, 'val')[:5 if options.smoke else None]
    composer = Composer(options.data, options.fonts, options.seed, 'train', **few)
    loader = DataLoader(Crops(composer, options.batch, options.seed + step), batch_size=None, num_workers=options.workers,
                        prefetch_factor=6 if options.workers else 2)
    replay = Replay(options.seed + step)

    def save(name):
        # A checkpoint that is half written when the machine stops must not take the place of a whole one.
        torch.save({'model': model.state_dict(), 'optimizer': optimizer.state_dict(), 'average': average.state, 'step': step,
                    'elapsed': elapsed, 'best': best, 'widths': model.widths, 'batch': options.batch}, folder / f'{name}.new')
        os.replace(folder / f'{name}.new', folder / name)

    model.train()
    since_save = since_validation = 0.0
    shown = {'focal': 0.0, 'corners': 0.0, 'steps': 0}
    clock = time.monotonic()
    for batch in loader:
        progress = step / options.steps if options.steps else elapsed / (options.minutes * 60)
        if progress >= 1:
            break
        for group in optimizer.param_groups:
            group['lr'] = rate(progress, step, options.rate)
        batch = replay.mix(batch)
        image, heat, weight, wanted, corner_weight, _ = batch
        with torch.autocast('cpu', torch.bfloat16, enabled=not options.full_precision):
            logits, corners = model(image.float().to(memory_format=torch.channels_last))
        focal, distance, plates = losses(logits, corners, heat, weight, wanted, corner_weight)
        optimizer.zero_grad(set_to_none=True)
        ((focal.sum() + CORNER_SHARE * distance) / plates).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        average.update(model, step)
        replay.keep(batch, focal.detach())
        step += 1
        shown['focal'] += float(focal.sum() / plates)
        shown['corners'] += float(distance / plates)
        shown['steps'] += 1
        spent, clock = time.monotonic() - clock, time.monotonic()
        elapsed, since_save, since_validation = elapsed + spent, since_save + spent, since_validation + spent
        if step % 100 == 0:
            print(f"step {step} {elapsed / 60:.1f} min focal {shown['focal'] / shown['steps']:.3f} "
                  f"corners {shown['corners'] / shown['steps']:.4f} replay {len(replay.memory)}", flush=True)
            shown = dict.fromkeys(shown, 0)
        if since_save > 120:
            save('last.pt')
            since_save = 0.0
        if since_validation > options.validate * 60:
            mark = validation(average.state, model.widths, road, samples)
            total = total_of(mark)
            print(f'step {step} {json.dumps(mark)}', flush=True)
            if total > best:
                best = total
                save('best.pt')
            since_validation, clock = 0.0, time.monotonic()
    mark = validation(average.state, model.widths, road, samples)
    print(f'end, step {step} {json.dumps(mark)}', flush=True)
    if total_of(mark) >= best:
        best = total_of(mark)
        save('best.pt')
    save('last.pt')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--data', required=True, help='the folder of the real photographs')
    parser.add_argument('--fonts', default=str(HERE / 'fonts' / 'node_modules'))
    parser.add_argument('--minutes', type=float, default=60)
    parser.add_argument('--steps', type=int, help='instead of minutes')
    parser.add_argument('--validate', type=float, default=4, help='minutes between validations')
    parser.add_argument('--batch', type=int, default=32)
    parser.add_argument('--rate', type=float, default=3e-3)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--workers', type=int, default=1)
    parser.add_argument('--run', default='detector', help='name of the folder under runs/')
    parser.add_argument('--start-from', help='a checkpoint whose weights this run begins with')
    parser.add_argument('--full-precision', action='store_true', help='no bfloat16')
    parser.add_argument('--threshold', type=float, default=0.4, help='the threshold the model card recommends')
    parser.add_argument('--precision', choices=('int8', 'float32'), default='int8', help='of the exported file')
    parser.add_argument('--out', default=str(HERE.parent / 'models'), help='folder the exported file goes to')
    parser.add_argument('--export', action='store_true')
    parser.add_argument('--smoke', action='store_true')
    options = parser.parse_args()
    cv2.setNumThreads(1)
    folder = HERE / 'runs' / ('smoke' if options.smoke else options.run)
    folder.mkdir(parents=True, exist_ok=True)
    if options.smoke:
        (folder / 'last.pt').unlink(missing_ok=True)
        options.steps, options.batch = options.steps or 12, 8
    if not options.export:
        train(options, folder)
    if options.export or options.smoke:
        models = folder if options.smoke else options.out
        write_model(folder / 'best.pt', models, options)


if __name__ == '__main__':
    main()
