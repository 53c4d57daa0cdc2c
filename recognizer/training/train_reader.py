"""Trains the reader: `train_reader.py --data ../shared/data --minutes 120` (resumes from its checkpoint), then export_reader.py.

--teacher FOLDER shows the reader in that folder the same crops, and has this one say of each column what it says; that fades until FADED of the leg.

--signs trains the branch for country signs alone, on plates mostly seen well: beside a head that already names most countries by their
texts it would learn nothing. --countries then trains all that names the country, and whether this is a plate, on texts that say nothing of it; what
reads characters stays. Without either, the branch for signs stays as it is. --smoke trains a few steps on a few rendered plates without real data, so that the command does not rot.
"""
import argparse
import math
import multiprocessing
import os
import queue as queues
import signal
import sys
import time

import numpy as np
import torch
from torch.nn import functional as F

from plate_fonts import HERE
from reader_data import COUNTRIES, ReaderData
from reader_marks import reader_marks
from reader_model import CHANNELS, COLUMNS, COUNTRY, SIGNS, Reader

# From this share of a leg on there is no teacher any more: what it does wrong is not to be learnt to the end.
FADED = 0.6
# A step that took longer was interrupted: the machine slept, or somebody paused the training.
LONGEST_STEP_S = 20
# So many plates carry a text as another country writes it: what a text says of the country is weighed by the program (syntax), once.
STRANGE, STRANGE_FOR_SIGNS = 1.0, 0.5
# Plates in two rows are rarer than the ways in which they can go wrong: they are shown so many times as often.
TWO_ROWS = 4.0
# The layers whose outputs are countries.
NAMING = ('global_head.2.', 'sign_head.2.')
SMOKE_CHANNELS = (8, 8, 16, 24, 40)


def render(queue, data, seed, batch, shares):
    """A rendering process: puts batches until it is ended."""
    import cv2
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    os.nice(1)
    source = ReaderData(data, seed, **shares)
    while True:
        queue.put(source.batch(batch))


def loss_of(outputs, signs, targets, lengths, countries, plates):
    """CTC over readable plates, and what heads_loss() gives."""
    characters, country_logits, plate_logits = outputs
    real = plates > 0.5
    ctc = F.ctc_loss(characters[real].transpose(0, 1), targets[real], torch.full((int(real.sum()),), COLUMNS, dtype=torch.long), lengths[real],
                     reduction='none', zero_infinity=True)
    characters_loss = (ctc / lengths[real].clamp(min=1)).mean()
    return characters_loss + heads_loss(country_logits + signs, countries, plate_logits, plates), characters_loss


def heads_loss(country_logits, countries, plate_logits, plates):
    """Cross entropy over known countries (of all that is seen), binary cross entropy of 'is a plate'."""
    known = countries >= 0
    return 0.8 * F.cross_entropy(country_logits[known], countries[known]) + 0.3 * F.binary_cross_entropy_with_logits(plate_logits, plates)


def taught_loss_of(characters, taught, plates):
    """How far the columns' distributions [N,40,37] of readable plates are from the teacher's (Kullback-Leibler), for each of about eight characters."""
    real = plates > 0.5
    return F.kl_div(characters[real].float(), taught[real].float(), reduction='batchmean', log_target=True) / 8


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', default=None, help='folder of real photographs (road-frames, motorway); rendered plates alone without it')
    parser.add_argument('--run', default=os.path.join(HERE, 'runs', 'reader'))
    parser.add_argument('--start-from', default=None, help='a checkpoint of an earlier model: tensors of the same name and shape are taken over')
    parser.add_argument('--minutes', type=float, default=120, help='length of this leg; the learning rate falls along a cosine over it')
    parser.add_argument('--rate', type=float, default=2e-3)
    parser.add_argument('--final-rate', type=float, default=2e-5)
    parser.add_argument('--batch', type=int, default=96)
    parser.add_argument('--teacher', default=None, help='folder with the reader.onnx of a model to learn from')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--renderers', type=int, default=1)
    parser.add_argument('--steps', type=int, default=0, help='length of this leg in steps, in place of minutes: the same on every machine')
    parser.add_argument('--seed', type=int, default=1)
    parser.set_defaults(leg='characters')
    legs = parser.add_mutually_exclusive_group()
    legs.add_argument('--signs', dest='leg', action='store_const', const='signs', help='train the branch for country signs alone')
    legs.add_argument('--countries', dest='leg', action='store_const', const='countries', help='train all that names the country, after --signs')
    parser.add_argument('--signed', type=float, default=0, help='with --signs: at least so many plates of countries with bands show one; end without, or it takes any plate that has none for Swiss')
    parser.add_argument('--smoke', action='store_true')
    args = parser.parse_args()
    # An orderly exit ends the rendering processes too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if args.smoke:
        args.steps, args.batch = 3, 8
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    os.makedirs(args.run, exist_ok=True)
    checkpoint = os.path.join(args.run, 'checkpoint.pt')
    state = torch.load(checkpoint) if os.path.exists(checkpoint) else None
    if state and state['countries'] != COUNTRIES:
        parser.error('the checkpoint names other countries than countries.yaml: begin another run with --start-from it')
    if args.leg == 'countries' and not (state and state.get('signCrops', 0)):
        parser.error('--countries goes on with a checkpoint that --signs has trained before')
    channels = state['channels'] if state else SMOKE_CHANNELS if args.smoke else CHANNELS
    model, average = Reader(len(COUNTRIES), channels), Reader(len(COUNTRIES), channels)
    # The branch's first layers have few channels on many places, which are faster side by side in memory.
    model.ends.to(memory_format=torch.channels_last)
    parts = parts_of(args.leg, model)
    trained = [tensor for part in parts for tensor in part.parameters()]
    optimizer = torch.optim.AdamW(trained, args.rate, weight_decay=0.02, betas=(0.9, 0.98))
    seen, sign_crops, step = 0, 0, 0
    if state:
        model.load_state_dict(state['model'])
        average.load_state_dict(state['average'])
        seen, sign_crops, step = state['seen'], state.get('signCrops', 0), state['step']
        if args.leg == 'signs' and sign_crops == 0:
            # Trained together with the rest from its first step this branch dies: another already answers the same question.
            model.load_state_dict(average.state_dict())
            begin_anew(model)
            average.load_state_dict(model.state_dict())
        if 'optimizer' in state and state.get('leg', 'characters') == args.leg:
            optimizer.load_state_dict(state['optimizer'])
        print(f'resumed at step {step}, {seen} crops', flush=True)
    else:
        if args.start_from:
            seen = take_over(model, args.start_from)
        average.load_state_dict(model.state_dict())
    context = multiprocessing.get_context('spawn')
    queue = context.Queue(24)
    shares = {
        'characters': {'other_share': 0.18, 'strange_share': STRANGE, 'two_rows': TWO_ROWS},
        'signs': {'real_share': 0.0, 'other_share': 0.0, 'plain_share': 0.8, 'strange_share': STRANGE_FOR_SIGNS, 'own_layouts': False, 'signed_share': args.signed},
        'countries': {'real_share': 0.0, 'other_share': 0.2, 'plain_share': 0.5, 'strange_share': STRANGE, 'two_rows': TWO_ROWS, 'own_layouts': False},
    }[args.leg] | {'looks': 2}
    workers = [context.Process(target=render, args=(queue, args.data, args.seed * 1000 + step + i, args.batch, shares), daemon=True) for i in range(args.renderers)]
    for worker in workers:
        worker.start()
    lineage = {key: state[key] for key in ('narrowedFrom', 'mixture') if state and key in state}
    teacher = teacher_of(args) if args.teacher else None
    # The same command goes on with a leg that was interrupted, where it stood.
    leg = {'leg': args.leg, 'minutes': args.minutes, 'steps': args.steps, 'spent': 0.0, 'firstStep': step}
    interrupted = state.get('underWay') if state else None
    if interrupted and all(interrupted[key] == leg[key] for key in ('leg', 'minutes', 'steps')):
        leg = interrupted
        print(f"goes on with a leg of which {step - leg['firstStep']} steps and {leg['spent'] / 60:.1f} minutes are done", flush=True)
    spent, first_step, first_here = leg['spent'], leg['firstStep'], step
    last, last_marks, last_save, running = time.time(), time.time(), time.time(), None
    while True:
        spent, last = spent + min(LONGEST_STEP_S, time.time() - last), time.time()
        share = (step - first_step) / args.steps if args.steps else spent / (args.minutes * 60)
        if share >= 1:
            break
        rate = args.final_rate + (args.rate - args.final_rate) * 0.5 * (1 + math.cos(math.pi * share))
        for group in optimizer.param_groups:
            group['lr'] = rate * min(1.0, (step - first_step + 1) / 300)
        crops, targets, lengths, countries, plates = (torch.from_numpy(np.asarray(a)) for a in next_of(queue, workers))
        # Statistics of the layers that are not trained stay as they are.
        model.eval()
        for part in parts:
            part.train()
        if args.leg == 'signs':
            known = countries >= 0
            with torch.autocast('cpu', torch.bfloat16):
                signs = model.signs(crops[known])
            loss = told = F.cross_entropy(signs, countries[known])
        elif args.leg == 'countries':
            with torch.autocast('cpu', torch.bfloat16):
                with torch.no_grad():
                    columns = model.trunk(crops)
                country_logits, plate_logits = model.told(columns)
                country_logits = country_logits + model.signs(crops)
            loss = told = heads_loss(country_logits, countries, plate_logits, plates)
        else:
            with torch.autocast('cpu', torch.bfloat16):
                outputs = model.whole(crops)
                with torch.no_grad():
                    signs = model.signs(crops)
            loss, told = loss_of(outputs, signs, targets, lengths, countries, plates)
            if teacher and share < FADED:
                with torch.no_grad(), torch.autocast('cpu', torch.bfloat16):
                    taught = teacher(crops)[0]
                loss = loss + (1 - share / FADED) * taught_loss_of(outputs[0], taught, plates)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 3.0)
        optimizer.step()
        step += 1
        if args.leg == 'characters':
            seen += len(crops)
        else:
            sign_crops += len(crops)
        decay = min(0.999, step / (step + 20))
        with torch.no_grad():
            for a, b in zip(average.state_dict().values(), model.state_dict().values()):
                a.lerp_(b, 1 - decay) if a.is_floating_point() else a.copy_(b)
        running = told.item() if running is None else 0.98 * running + 0.02 * told.item()
        if step % 100 == 0:
            pace = (step - first_here) * args.batch / max(1, spent - leg['spent'])
            print(f'step {step} seen {seen + sign_crops} loss {running:.4f} rate {rate:.5f} {pace:.0f}/s', flush=True)
        if time.time() - last_save > 120:
            save(checkpoint, model, average, optimizer, (seen, sign_crops, step), args.leg, {**lineage, 'underWay': {**leg, 'spent': spent}})
            last_save = time.time()
        if args.data and time.time() - last_marks > 480:
            print('marks', step, reader_marks(average, args.data), flush=True)
            last_marks = time.time()
    for worker in workers:
        worker.terminate()
    save(checkpoint, model, average, optimizer, (seen, sign_crops, step), args.leg, lineage)
    if args.data:
        print('marks', step, reader_marks(average, args.data), flush=True)


def next_of(queue, workers):
    """The next batch; ends the training when a rendering process has died, which would keep it waiting for ever."""
    while True:
        try:
            return queue.get(timeout=10)
        except queues.Empty:
            if not all(worker.is_alive() for worker in workers):
                sys.exit('a rendering process ended: its error stands above')


def parts_of(leg, model):
    """The parts of the model that a leg trains."""
    is_trained = {'signs': lambda name: name in SIGNS, 'countries': lambda name: name in COUNTRY, 'characters': lambda name: name not in SIGNS}[leg]
    return [part for name, part in model.named_children() if is_trained(name)]


def begin_anew(model):
    """Gives the branch for country signs fresh weights."""
    fresh = Reader(model.sign_head[-1].out_features, model.channels)
    model.ends.load_state_dict(fresh.ends.state_dict())
    model.sign_head.load_state_dict(fresh.sign_head.state_dict())


def take_over(model, path):
    """Loads what an earlier model has in common with this one; returns the crops it had seen."""
    earlier = torch.load(path)
    own = model.state_dict()
    common = {name: tensor for name, tensor in earlier['average'].items() if name in own and own[name].shape == tensor.shape}
    for name in own:
        if name.startswith(NAMING) and name in earlier['average']:
            common[name] = rows_by_country(own[name], earlier['average'][name], earlier['countries'])
    model.load_state_dict({**own, **common})
    print(f'took over {len(common)} of {len(own)} tensors from {path}', flush=True)
    return earlier['seen']


def rows_by_country(own, earlier, countries):
    """The rows of a layer with one output a country, and perhaps one for 'is a plate' after them, taken over country by country."""
    rows = own.clone()
    for at, country in enumerate(COUNTRIES):
        if country in countries:
            rows[at] = earlier[countries.index(country)]
    if len(own) > len(COUNTRIES):
        rows[-1] = earlier[-1]
    return rows


def teacher_of(args):
    """The reader of another model's folder, to be asked and not trained."""
    from shipped_reader import shipped_reader
    return shipped_reader(args.teacher, torch.from_numpy(ReaderData(None, args.seed).batch(64)[0]))[0].eval()


def save(path, model, average, optimizer, progress, leg, lineage):
    seen, sign_crops, step = progress
    torch.save({'model': model.state_dict(), 'average': average.state_dict(), 'optimizer': optimizer.state_dict(), 'seen': seen, 'signCrops': sign_crops, 'step': step,
                'channels': model.channels, 'countries': COUNTRIES, 'leg': leg, **lineage}, path + '.new')
    os.replace(path + '.new', path)


if __name__ == '__main__':
    main()
