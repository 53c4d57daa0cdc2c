"""Exports a trained detector to ONNX, compares it with ONNX Runtime and writes its model card."""
import hashlib
import json
import subprocess
from pathlib import Path

import cv2
import numpy as np
import torch

from detector_data import Composer
from detector_model import STRIDE, ExportedDetector, PlateDetector, export_onnx, multiply_accumulates, parameter_count
from detector_sample import CROP_H, CROP_W, PADDING
from evaluate_detector import INPUT_H, INPUT_W, framed, picture_sets, report
from quantise import calibrate
from quantised_detector import ExportedQuantisedDetector, QuantisedDetector
from road_split import HERE

CALIBRATION_SEED = 70001

SOURCES = [
    {'name': 'rendered plates (plate_render.py)', 'use': 'training', 'licence': 'Apache-2.0, this project'},
    {'name': 'rendered clutter, lettering and vehicles (clutter.py, vehicle.py)', 'use': 'training', 'licence': 'Apache-2.0, this project'},
    {'name': 'typefaces of @fontsource packages (fonts/package.json)', 'use': 'rendering', 'licence': 'OFL-1.1, UFL-1.0 or MIT, as each package states'},
    {'name': 'GL-Nummernschild', 'use': 'rendering', 'licence': 'free for any use, copying, distribution and modification'},
    {'name': 'license-plate-dataset, Robert Lucian Chiriac, training side of road-split.tsv', 'use': 'training', 'licence': 'MIT'},
    {'name': 'CarND test images, Udacity', 'use': 'training, backgrounds', 'licence': 'MIT'},
    {'name': 'f-photos, nl-photos, nl-video, negatives', 'use': 'measuring only', 'licence': 'not shipped, not trained on'},
]


def write_model(checkpoint, models, options):
    """Writes detector.onnx and detector.json into `models`; fails when ONNX Runtime computes something else."""
    state = torch.load(checkpoint, map_location='cpu')
    model = PlateDetector(state['widths'])
    model.load_state_dict(state['average'])
    path = Path(models) / 'detector.onnx'
    operations = multiply_accumulates(model.eval(), INPUT_H, INPUT_W)
    sets = picture_sets(options.data)
    if options.precision == 'int8':
        pictures = [framed(cv2.imread(str(file), cv2.IMREAD_GRAYSCALE))[0] for file, _ in sets['road-train'][::12]]
        exported = ExportedQuantisedDetector(calibrate(QuantisedDetector(model), calibration_batches(options, pictures))).eval()
    else:
        exported = ExportedDetector(model).eval()
    export_onnx(exported, path)
    compare(exported, path, checkpoint.parent / 'compare', [file for file, _ in sets['road-val'][:4]], options.precision)
    if options.smoke:
        sets = {'road-val': sets['road-val'][:5]}
    card = {
        'name': 'Hazeldonk plate detector', 'file': path.name, 'sha256': hashlib.sha256(path.read_bytes()).hexdigest(),
        'licence': 'Apache-2.0',
        'input': {'name': 'luma', 'type': 'uint8', 'width': INPUT_W, 'height': INPUT_H, 'multipleOf': 32, 'padding': PADDING},
        'output': {'name': 'maps', 'type': 'float32', 'channels': 9, 'stride': STRIDE,
                   'meaning': 'score, then x and y of the corners top left, top right, bottom right, bottom left, '
                              'from the centre of the cell ((column + 0.5) * stride), in strides; pixel centres lie at whole numbers'},
        'scoreThreshold': options.threshold,
        'parameters': parameter_count(model), 'multiplyAdds': operations, 'precision': options.precision,
        'training': {'crops': state['step'] * state['batch'], 'cropWidth': CROP_W, 'cropHeight': CROP_H,
                     'steps': state['step'], 'minutes': round(state['elapsed'] / 60, 1), 'seed': options.seed},
        'data': SOURCES,
        'metrics': {'found': 'intersection over union of at least 0.3; nl-photos has no boxes: a detection filled with plate yellow',
                    'cornerError': 'mean distance in plate heights from the label; upright boxes and labels without the blue band '
                                   '(nl-video) make it larger than the detector alone would',
                    'sets': report(exported, sets)},
    }
    (Path(models) / 'detector.json').write_text(json.dumps(card, indent=2) + '\n', encoding='utf-8')


def calibration_batches(options, frames):
    """Whole training frames and composed crops: what the ranges of an int8 export are learnt from."""
    composer = Composer(options.data, options.fonts, CALIBRATION_SEED, 'train', plates=200, patches=300, backgrounds=40)
    crops = np.stack([composer.sample().image for _ in range(96)])[:, None]
    return [torch.from_numpy(frame)[None, None].float() for frame in frames] + list(torch.from_numpy(crops).float().split(8))


def compare(exported, path, folder, pictures, precision):
    """Runs compare_onnx.mjs on real frames, noise and another size of picture."""
    folder.mkdir(exist_ok=True)
    noise = np.random.default_rng(1)
    inputs = [framed(cv2.imread(str(file), cv2.IMREAD_GRAYSCALE))[0] for file in pictures]
    inputs += [noise.integers(0, 256, (INPUT_H, INPUT_W), dtype=np.uint8), noise.integers(0, 256, (192, 320), dtype=np.uint8)]
    cases = []
    for index, image in enumerate(inputs):
        with torch.no_grad():
            maps = exported(torch.from_numpy(image)[None, None]).numpy()
        image.tofile(folder / f'{index}.input')
        maps.tofile(folder / f'{index}.output')
        cases.append({'inputs': {'luma': {'file': f'{index}.input', 'shape': [1, 1, *image.shape]}}, 'outputs': {'maps': f'{index}.output'}})
    # Corners of cells without a plate, nearly all, mean nothing and vary most with the rounding.
    judged = {'judged': 'largest', 'tolerance': 2e-3} if precision == 'float32' else {'judged': 'mean', 'tolerance': 0.1, 'scored': {'maps': 9}}
    manifest = {'model': str(path), **judged, 'cases': cases}
    (folder / 'manifest.json').write_text(json.dumps(manifest), encoding='utf-8')
    subprocess.run(['node', str(HERE / 'compare_onnx.mjs'), str(folder / 'manifest.json')], check=True)
