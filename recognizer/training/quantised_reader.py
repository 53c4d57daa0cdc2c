"""The reader in eight bits: the same layers and weights as Reader, with roundings where the node's integer kernels round."""
import torch
from torch import nn
from torch.nn import functional as F

from camera import ENDS_H, LEFT_W, RIGHT_W
from quantise import Rounded, RoundedConv, RoundedSum
from reader_model import CLASSES, COLUMNS, SQUEEZED, Reader, Residual, folded


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


class Places(nn.Module):
    """[N,C,H,W] -> [N*H*W,C], which is how integer kernels have it in memory anyway."""

    def __init__(self, channels):
        super().__init__()
        self.channels = channels

    def forward(self, x):
        return x.permute(0, 2, 3, 1).reshape(-1, self.channels)


def _hidden(head, squeezed):
    """The first of a head's two linear layers, which has most of the weights, as a convolution over all that is left of the picture."""
    first = head[0]
    whole = nn.Conv2d(squeezed[0], first.out_features, squeezed[1:])
    whole.weight.data, whole.bias.data = first.weight.data.view(first.out_features, *squeezed), first.bias.data
    return nn.Sequential(RoundedConv(whole, relu=True), Places(first.out_features))


def _beside_plate(last):
    """The last layer of the head of signs with one more answer: of whether this is a plate signs say nothing."""
    wide = nn.Linear(last.in_features, last.out_features + 1)
    wide.weight.data, wide.bias.data = F.pad(last.weight.data, (0, 0, 0, 1)), F.pad(last.bias.data, (0, 1))
    return wide


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
        self.characters = nn.Linear(reader.characters.in_channels, CLASSES)
        self.characters.weight.data, self.characters.bias.data = reader.characters.weight.data.flatten(1), reader.characters.bias.data
        self.places = Places(reader.characters.in_channels)
        self.squeeze, self.global_hidden = _rounded(reader.squeeze), _hidden(reader.global_head, (SQUEEZED, 1, COLUMNS))
        self.ends_input, self.ends = Rounded(signed=True), _rounded(reader.ends)
        self.sign_hidden = _hidden(reader.sign_head, (SQUEEZED, ENDS_H // 8, (LEFT_W + RIGHT_W) // 8))
        self.told, self.signs_told = reader.global_head[-1], _beside_plate(reader.sign_head[-1])

    def forward(self, inputs):
        characters, told = self.seen(*(F.pixel_unshuffle(part, 2) for part in Reader.parts(inputs)))
        return characters, told[:, :-1], told[:, -1]

    def seen(self, crops, ends):
        """Of parts that are normalised, four pixels to a place, [N,4,16,80] and [N,4,24,32]: (log-probabilities [N,40,37], logits of countries and of a plate [N,C+1])."""
        x = self.line(self.collapse(self.body(self.stem(self.input(crops)))))
        characters = self.characters(self.places(x)).reshape(-1, COLUMNS, CLASSES)
        told, signs = self.global_hidden(self.squeeze(x)), self.sign_hidden(self.ends(self.ends_input(ends)))
        return F.log_softmax(characters, dim=2), self.told(told) + self.signs_told(signs)

    def prepared(self, inputs):
        """What the node hands to the model for inputs as camera.reader_input makes them: normalised, rounded, four pixels to a place; uint8 [N,16,80,4] and [N,24,32,4]."""
        parts = zip(Reader.parts(inputs), (self.input, self.ends_input))
        return tuple(((F.pixel_unshuffle(part, 2) / rounded.scale).round() + 128).clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous() for part, rounded in parts)


class ExportedReader(nn.Module):
    """What runs on the node: takes what QuantisedReader.prepared gives, answers as QuantisedReader.seen does."""

    def __init__(self, reader: QuantisedReader):
        super().__init__()
        self.reader = reader

    def forward(self, crops, ends):
        parts = ((crops, self.reader.input), (ends, self.reader.ends_input))
        return self.reader.seen(*((part.permute(0, 3, 1, 2).float() - 128) * float(rounded.scale) for part, rounded in parts))
