"""The reader in eight bits: the same layers and weights as Reader, with roundings where the node's integer kernels round."""
import torch
from torch import nn
from torch.nn import functional as F

from camera import CROP_H, CROP_W, ENDS_H, LEFT_W, RIGHT_W
from quantise import Rounded, RoundedConv, RoundedSum
from reader_model import COLUMNS, SQUEEZED, Reader, Residual, folded


class RoundedResidual(nn.Module):
    def __init__(self, residual):
        super().__init__()
        self.a, self.b, self.sum = _rounded(residual.a), _rounded(residual.b), RoundedSum(relu=True)

    def forward(self, x):
        return self.sum(x, self.b(self.a(x)))


def _rounded(block):
    """A folded Conv (convolution, perhaps a ReLU) or a sequence of them and residual blocks."""
    if isinstance(block, Residual):
        return RoundedResidual(block)
    if isinstance(block, nn.Sequential) and len(block) and isinstance(block[0], nn.Conv2d):
        return RoundedConv(block[0], relu=len(block) > 1)
    if isinstance(block, nn.Sequential):
        return nn.Sequential(*(_rounded(child) for child in block))
    return block


def _head(head, squeezed):
    """A head of two linear layers: the first, which has most of the weights, as a convolution over all that is left of the picture."""
    first, last = (layer for layer in head if isinstance(layer, nn.Linear))
    whole = nn.Conv2d(squeezed[0], first.out_features, squeezed[1:])
    whole.weight.data, whole.bias.data = first.weight.data.view(first.out_features, *squeezed), first.bias.data
    return nn.Sequential(RoundedConv(whole, relu=True), nn.Flatten(), last)


def spread(conv):
    """A convolution of 5 x 5 and stride 2 over one channel as one of 3 x 3 over the four pixels of every 2 x 2, which integer kernels do in half the time."""
    wide = nn.Conv2d(4, conv.out_channels, 3, padding=1)
    padded = F.pad(conv.weight.data, (0, 1, 0, 1))
    wide.weight.data = padded.reshape(-1, 3, 2, 3, 2).permute(0, 2, 4, 1, 3).reshape(-1, 4, 3, 3)
    wide.bias.data = conv.bias.data
    return wide


def gathered(weight):
    """The weight of 5 x 5 that spread() made this one of 3 x 3 from."""
    return weight.reshape(-1, 2, 2, 3, 3).permute(0, 3, 1, 4, 2).reshape(-1, 1, 6, 6)[..., :5, :5]


class QuantisedReader(nn.Module):
    """Takes what Reader takes and answers what it answers. Made from a trained Reader; calibrate() it before use."""

    def __init__(self, reader: Reader):
        super().__init__()
        folded(reader.eval())
        for branch in (reader.stem, reader.ends):
            branch[0][0] = spread(branch[0][0])
        self.input = Rounded(signed=True)
        self.stem, self.body = _rounded(reader.stem), _rounded(reader.body)
        self.collapse, self.line = _rounded(reader.collapse), _rounded(reader.line)
        self.characters = reader.characters
        self.squeeze, self.global_head = _rounded(reader.squeeze), _head(reader.global_head, (SQUEEZED, 1, COLUMNS))
        self.ends_input, self.ends = Rounded(signed=True), _rounded(reader.ends)
        self.sign_head = _head(reader.sign_head, (SQUEEZED, ENDS_H // 8, (LEFT_W + RIGHT_W) // 8))

    def forward(self, inputs):
        return self.seen(*(F.pixel_unshuffle(part, 2) for part in Reader.parts(inputs)))

    def seen(self, crops, ends):
        """What forward() answers to parts that are normalised, four pixels to a place: [N,4,16,80] and [N,4,24,32]."""
        x = self.line(self.collapse(self.body(self.stem(self.input(crops)))))
        characters = self.characters(x)[:, :, 0].transpose(1, 2)
        heads = self.global_head(self.squeeze(x))
        signs = self.sign_head(self.ends(self.ends_input(ends)))
        return F.log_softmax(characters.float(), dim=2), heads[:, :-1].float() + signs.float(), heads[:, -1].float()

    def prepared(self, inputs):
        """What the node hands to the model for inputs as camera.reader_input makes them: normalised, four pixels to a place, rounded; uint8 [N, INPUT_BYTES]."""
        parts = zip(Reader.parts(inputs), (self.input, self.ends_input))
        return torch.cat([((F.pixel_unshuffle(part, 2) / rounded.scale).round() + 128).clamp(0, 255).to(torch.uint8).flatten(1) for part, rounded in parts], 1)


class ExportedReader(nn.Module):
    """What runs on the node: takes what QuantisedReader.prepared gives; probabilities instead of logits."""

    def __init__(self, reader: QuantisedReader):
        super().__init__()
        self.reader = reader

    def forward(self, prepared):
        count = CROP_H * CROP_W
        crops = prepared[:, :count].reshape(-1, 4, CROP_H // 2, CROP_W // 2)
        ends = prepared[:, count:].reshape(-1, 4, ENDS_H // 2, (LEFT_W + RIGHT_W) // 2)
        crops, ends = ((part.float() - 128) * float(rounded.scale) for part, rounded in ((crops, self.reader.input), (ends, self.reader.ends_input)))
        characters, countries, plate = self.reader.seen(crops, ends)
        return characters, F.softmax(countries, dim=1), torch.sigmoid(plate)
