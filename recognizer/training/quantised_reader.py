"""The reader in eight bits: the same layers and weights as Reader, with roundings where the node's integer kernels round."""
from torch import nn
from torch.nn import functional as F

from camera import ENDS_H, LEFT_W, RIGHT_W
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


class QuantisedReader(nn.Module):
    """Takes what Reader takes and answers what it answers. Made from a trained Reader; calibrate() it before use."""

    def __init__(self, reader: Reader):
        super().__init__()
        folded(reader.eval())
        self.input = Rounded(signed=True)
        self.stem, self.body = _rounded(reader.stem), _rounded(reader.body)
        self.collapse, self.line = _rounded(reader.collapse), _rounded(reader.line)
        self.characters = reader.characters
        self.squeeze, self.global_head = _rounded(reader.squeeze), _head(reader.global_head, (SQUEEZED, 1, COLUMNS))
        self.ends_input, self.ends = Rounded(signed=True), _rounded(reader.ends)
        self.sign_head = _head(reader.sign_head, (SQUEEZED, ENDS_H // 8, (LEFT_W + RIGHT_W) // 8))

    def forward(self, inputs):
        crops, ends = Reader.parts(inputs)
        x = self.line(self.collapse(self.body(self.stem(self.input(crops)))))
        characters = self.characters(x)[:, :, 0].transpose(1, 2)
        heads = self.global_head(self.squeeze(x))
        signs = self.sign_head(self.ends(self.ends_input(ends)))
        return F.log_softmax(characters.float(), dim=2), heads[:, :-1].float() + signs.float(), heads[:, -1].float()
