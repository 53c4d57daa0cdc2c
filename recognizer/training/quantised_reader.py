"""The reader in eight bits: the same layers and weights as Reader, with roundings where the node's integer kernels round."""
from torch import nn
from torch.nn import functional as F

from quantise import Rounded, RoundedConv, RoundedSum
from reader_model import Reader, Residual, folded


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


class QuantisedReader(nn.Module):
    """Takes what Reader takes and answers what it answers. Made from a trained Reader; calibrate() it before use."""

    def __init__(self, reader: Reader):
        super().__init__()
        folded(reader.eval())
        self.input = Rounded(signed=True)
        self.stem, self.body = _rounded(reader.stem), _rounded(reader.body)
        self.collapse, self.line = _rounded(reader.collapse), _rounded(reader.line)
        self.characters = RoundedConv(reader.characters, relu=False, rounded_output=False)
        self.squeeze, self.global_head = _rounded(reader.squeeze), reader.global_head

    def forward(self, crops):
        x = self.input(Reader.normalised(crops))
        x = self.line(self.collapse(self.body(self.stem(x))))
        characters = self.characters(x).squeeze(2).transpose(1, 2)
        heads = self.global_head(self.squeeze(x).flatten(1))
        return F.log_softmax(characters.float(), dim=2), heads[:, :-1].float(), heads[:, -1].float()
