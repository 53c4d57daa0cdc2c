"""Exports the trained reader to ONNX with its model card: `export_reader.py --run runs/reader --data ../shared/data`.

By default in eight bits, calibrated on crops as the training makes them; --precision float32 for comparison. Batch normalisation is folded into the convolutions; ONNX Runtime's answers are compared with PyTorch's by compare_onnx.mjs.
"""
import argparse
import datetime
import hashlib
import json
import os
import subprocess
import tempfile

import numpy as np
import onnx
import torch
from torch import nn

from camera import INPUT_BYTES
from plate_fonts import ALPHABET, HERE
from reader_data import ReaderData
from quantise import calibrate, exact
from quantised_reader import ExportedReader, QuantisedReader
from reader_marks import reader_marks
from reader_model import CLASSES, COLUMNS, Reader, tempered

INPUTS, OUTPUTS = ('crops', 'ends'), ('characters', 'countriesAndPlate')
MODELS = os.path.join(os.path.dirname(HERE), 'models')


def multiply_adds(model, example):
    """Multiply-adds of convolutions and linear layers for one crop."""
    total, hooks = [0], []

    def count(module, _, output):
        if isinstance(module, nn.Conv2d):
            total[0] += output[0].numel() * module.in_channels * module.kernel_size[0] * module.kernel_size[1]
        else:
            total[0] += module.in_features * module.out_features

    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            hooks.append(module.register_forward_hook(count))
    with torch.no_grad():
        model(example)
    for hook in hooks:
        hook.remove()
    return total[0]


def compare(exported, onnx_path, parts, precision):
    """Has compare_onnx.mjs check that ONNX Runtime answers as PyTorch does; returns its words. Fails when they differ."""
    with torch.no_grad():
        outputs = dict(zip(OUTPUTS, (t.numpy() for t in exported(*parts))))
    with tempfile.TemporaryDirectory() as folder:
        for name, part in zip(INPUTS, parts):
            part.numpy().tofile(os.path.join(folder, name))
        for name, array in outputs.items():
            np.ascontiguousarray(array, np.float32).tofile(os.path.join(folder, name))
        inputs = {name: {'file': name, 'shape': list(part.shape)} for name, part in zip(INPUTS, parts)}
        case = {'inputs': inputs, 'outputs': {name: name for name in outputs}}
        manifest = os.path.join(folder, 'manifest.json')
        with open(manifest, 'w', encoding='utf8') as file:
            judged = {'judged': 'largest', 'tolerance': 1e-3} if precision == 'float32' else {'judged': 'mean', 'tolerance': 5e-3}
            json.dump({'model': os.path.abspath(onnx_path), 'symbols': {'characters': CLASSES}, 'probabilities': {'characters': 'logarithm', 'countriesAndPlate': 'logit'}, **judged, 'cases': [case]}, file)
        command = ['node', os.path.join(HERE, 'compare_onnx.mjs'), manifest]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def take_as_rounded(path):
    """Has the graph take its inputs as the rounded values they are, instead of making numbers of them and rounding those."""
    model = onnx.load(path)
    nodes = model.graph.node
    maker = {output: node for node in nodes for output in node.output}
    for rounding in [node for node in nodes if node.op_type == 'QuantizeLinear']:
        chain, name = [rounding], rounding.input[0]
        for operation in ('Mul', 'Sub', 'Cast'):
            node = maker.get(name)
            if node is None or node.op_type != operation:
                break
            chain.append(node)
            name = node.input[0]
        else:
            for node in nodes:
                node.input[:] = [name if i == rounding.output[0] else i for i in node.input]
            for node in chain:
                nodes.remove(node)
    used = {i for node in nodes for i in node.input}
    for node in [node for node in nodes if node.op_type == 'Constant' and not used.intersection(node.output)]:
        nodes.remove(node)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--run', default=os.path.join(HERE, 'runs', 'reader'))
    parser.add_argument('--data', default=None)
    parser.add_argument('--out', default=MODELS)
    parser.add_argument('--calibration', type=int, default=12, help='batches of crops from which the ranges of an int8 export are learnt')
    parser.add_argument('--precision', choices=('int8', 'float32'), default='int8')
    parser.add_argument('--temperature', type=float, default=1.0, help='divides the character logits; fitted on validation reads')
    args = parser.parse_args()
    state = torch.load(os.path.join(args.run, 'checkpoint.pt'))
    reader = Reader(len(state['countries']), state['channels'])
    reader.load_state_dict(state['average'])
    tempered(reader, args.temperature)
    operations = multiply_adds(reader.eval(), torch.zeros(1, INPUT_BYTES, dtype=torch.uint8))
    source = ReaderData(args.data, 99)
    model = calibrate(QuantisedReader(reader), [torch.from_numpy(source.batch(96)[0]) for _ in range(args.calibration)])
    if args.precision == 'float32':
        exact(model, (model.input, model.ends_input))
    marks = reader_marks(model, args.data) if args.data else {}
    exported = ExportedReader(model).eval()
    parts = model.prepared(torch.from_numpy(source.batch(48)[0]))
    os.makedirs(args.out, exist_ok=True)
    path = os.path.join(args.out, 'reader.onnx')
    torch.onnx.export(exported, parts, path, input_names=INPUTS, output_names=OUTPUTS, opset_version=13,
                      dynamic_axes={name: {0: 'n'} for name in (*INPUTS, *OUTPUTS)})
    take_as_rounded(path)
    comparison = compare(exported, path, parts, args.precision)
    with open(path, 'rb') as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    card = {
        'name': 'reader', 'file': 'reader.onnx', 'sha256': digest, 'made': datetime.date.today().isoformat(),
        'input': {'names': INPUTS, 'type': 'uint8', 'heightPx': 32, 'widthPx': 160, 'marginX': 0.04, 'marginY': 0.08,
                  'cropStep': float(model.input.scale), 'endsStep': float(model.ends_input.scale)},
        'columns': COLUMNS, 'blank': 0, 'alphabet': ALPHABET, 'countries': state['countries'], 'temperature': args.temperature,
        'parameters': sum(p.numel() for p in exported.parameters()), 'multiplyAdds': operations, 'precision': args.precision,
        'training': {'crops': state['seen'], 'signCrops': state['signCrops'], 'steps': state['step'], **{key: state[key] for key in ('mixture', 'narrowedFrom') if key in state}, 'script': 'recognizer/training/train_reader.py'},
        'sources': [
            {'what': 'rendered plates', 'by': 'recognizer/training (this project)', 'licence': 'Apache-2.0'},
            {'what': 'road-frames, training half by vehicle', 'by': 'Robert Lucian Chiriac, license-plate-dataset', 'licence': 'MIT'},
            {'what': 'motorway frames as backgrounds', 'by': 'Udacity, CarND test images', 'licence': 'MIT'},
            {'what': 'typefaces to render with', 'by': '@fontsource packages (recognizer/training/fonts/package.json)', 'licence': 'OFL-1.1, UFL-1.0 or MIT, as each package states'},
            {'what': 'GL-Nummernschild typeface', 'by': 'Gutenberg Labo', 'licence': 'free use, copying, distribution and modification'},
        ],
        'comparedWithPyTorch': comparison, 'greedyMarks': marks,
    }
    with open(os.path.join(args.out, 'reader.json'), 'w', encoding='utf8') as file:
        json.dump(card, file, indent=2)
        file.write('\n')
    print(json.dumps({k: card[k] for k in ('parameters', 'multiplyAdds', 'comparedWithPyTorch', 'greedyMarks')}, indent=2))


if __name__ == '__main__':
    main()
