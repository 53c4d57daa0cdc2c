"""A trainable reader from a model file that ships, for checkpoints are not kept: a later training goes on from there.

The file keeps its weights in float32, batch normalisation folded in (export_reader.py). Here each convolution gets a normalisation back whose
statistics are those of rendered plates, so that the reader answers as before while it is measured and nearly so while it is trained.
Both parts of the reader must have been trained: of layers that are alike, as fresh ones are, an exported file keeps one.
"""
import json
import os

import onnx
import torch
from onnx import numpy_helper

from quantised_reader import gathered
from reader_model import Conv, Reader, tempered


def shipped_reader(folder, crops):
    """(Reader that answers as FOLDER/reader.onnx does but for its temperature, that file's card); crops uint8 [N, INPUT_BYTES] give the statistics."""
    with open(os.path.join(folder, 'reader.json'), encoding='utf8') as file:
        card = json.load(file)
    graph = onnx.load(os.path.join(folder, 'reader.onnx')).graph
    tensors = {i.name.removeprefix('reader.'): torch.from_numpy(numpy_helper.to_array(i).copy()) for i in graph.initializer}
    channels = tuple(tensors[f'{layer}.conv.weight'].shape[0] for layer in ('stem.0', 'stem.1', 'stem.2', 'body.2', 'collapse'))
    reader = Reader(len(card['countries']), channels).eval()
    biases = {}
    for name, module in reader.named_modules():
        if isinstance(module, Conv):
            module[0].weight.data = tensors[f'{name}.conv.weight']
            biases[name] = tensors[f'{name}.conv.bias']
    for branch in (reader.stem, reader.ends):
        if branch[0][0].weight.shape[1] != 1:
            branch[0][0].weight.data = gathered(branch[0][0].weight.data)
    reader.characters.weight.data, reader.characters.bias.data = tensors['characters.weight'][:, :, None, None], tensors['characters.bias']
    for head, hidden in ((reader.global_head, 'global_hidden'), (reader.sign_head, 'sign_hidden')):
        head[0].weight.data, head[0].bias.data = tensors[f'{hidden}.0.conv.weight'].flatten(1), tensors[f'{hidden}.0.conv.bias']
    reader.global_head[-1].weight.data, reader.global_head[-1].bias.data = tensors['told.weight'], tensors['told.bias']
    reader.sign_head[-1].weight.data, reader.sign_head[-1].bias.data = tensors['signs_told.weight'][:-1], tensors['signs_told.bias'][:-1]
    normalise(reader, biases, crops)
    return tempered(reader, 1 / card['temperature']), card


def normalise(reader, biases, crops):
    """Sets every batch normalisation so that it passes on what the convolution gives, plus its bias of `biases`, with statistics of `crops`."""
    def as_it_comes(name):
        def hook(module, inputs):
            given = inputs[0]
            mean, variance = given.mean((0, 2, 3)), given.var((0, 2, 3), unbiased=False)
            module.running_mean.copy_(mean)
            module.running_var.copy_(variance)
            module.weight.data = (variance + module.eps).sqrt()
            module.bias.data = biases[name] + mean
        return hook

    hooks = [module[1].register_forward_pre_hook(as_it_comes(name)) for name, module in reader.named_modules() if isinstance(module, Conv)]
    with torch.no_grad():
        reader(crops)
    for hook in hooks:
        hook.remove()


def folded_biases(reader):
    """{name of a Conv: the bias that it has with its batch normalisation folded in}, and the weights made such in place."""
    biases = {}
    for name, module in reader.named_modules():
        if isinstance(module, Conv):
            conv, norm = module[0], module[1]
            scale = norm.weight.data / (norm.running_var + norm.eps).sqrt()
            conv.weight.data = conv.weight.data * scale[:, None, None, None]
            biases[name] = norm.bias.data - norm.running_mean * scale
    return biases
